"""Resolved packages go in; WIT text, the JSON of wasm-tools, a readable tree, or plain data for host packages come out. It
may import the model.
"""
