"""Both engines, wasmtime's component API and witgen's own, on the same components: drawn, mutated, hostile."""
