"""Mutated input: whatever it is, it gives a model or diagnostics."""
