"""Tests of the runtime, over components written as text."""
