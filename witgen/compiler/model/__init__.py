"""ASTs go in; resolved packages with elaborated worlds come out, where a reference is an object and no name is left to look
up. It may import the AST, diagnostics, and the vocabulary of `witgen.component`.
"""
