"""Emit: the Python model in, formatted files on disk out."""
