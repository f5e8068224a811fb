"""Engines, limits and WASI settings go in; stores that wasm is entered through, one at a time, come out. It may import the rooms
`_process` and `_wasmtime`.
"""
