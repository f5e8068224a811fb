"""One WIT text goes in; AST nodes with spans come out, and diagnostics for what does not follow the grammar. It may import
diagnostics; `machine` alone knows lark, which runs the grammar.
"""
