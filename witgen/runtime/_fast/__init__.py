"""The fast value layer: Python source made per function signature, which works on the C layout of values.

`selftest` comes first, `ExportCode` and `FastHostFunction` are what the runtime uses.
"""
