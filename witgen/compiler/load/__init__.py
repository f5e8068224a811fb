"""A path and features go in; resolved packages, their worlds and where their items were written come out. It may import the
model and the passes below it, and the reader of binaries.
"""
