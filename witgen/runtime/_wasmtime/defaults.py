"""What wasmtime does by default."""

from __future__ import annotations

STACK_SIZE = 512 * 1024
"""How many bytes of a thread's stack wasm may use."""
