"""One WIT text goes in; the same text in canonical form comes out, token by token. It may import the parser, and the
input room to find files.
"""
