"""Descriptions of WIT types go in; codecs that check, lower and lift Python values come out. It may import the room `_stores`
and wasmtime's values.
"""
