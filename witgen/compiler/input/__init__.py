"""A path that the user named goes in; texts, bytes and ASTs come out, read within bounds. It may import the parser and
diagnostics.
"""
