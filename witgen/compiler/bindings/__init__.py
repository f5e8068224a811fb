"""Bindings: an elaborated world in, the Python model of its host or guest package out."""
