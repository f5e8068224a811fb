"""An elaborated world goes in; the Python model of its host or guest package comes out. It may import the model, the
vocabulary of `witgen.component`, diagnostics, and the Python model of `emit`.
"""
