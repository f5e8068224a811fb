"""A component, its world and implementations of imports go in; linkers that supply every import come out, or what does not fit.
It may import the rooms `_stores` and `_codecs`.
"""
