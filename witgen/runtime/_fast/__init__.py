"""Descriptions of a function's types go in; Python source comes out that checks, lowers and lifts on the C layout of values.
It may import the rest of the runtime; `selftest` decides whether it is used.

`selftest` comes first, `ExportCode` and `FastHostFunction` are what the runtime uses.
"""
