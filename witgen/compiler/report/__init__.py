"""Results as text, JSON and diagnostics: what `validate`, `diff` and trials on wasmtime found."""
