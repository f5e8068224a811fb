"""ASTs go in; resolved packages come out: names are bound, gates applied, worlds elaborated. It may import the AST,
diagnostics and the vocabulary of `witgen.component`.
"""
