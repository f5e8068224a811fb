"""Results in words, as JSON and as diagnostics."""
