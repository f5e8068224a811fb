"""Results of `validate`, `diff` and trials go in; text, JSON and diagnostics come out. It may import the rooms whose results
it shows.
"""
