"""A world goes in; the text of a component that imports and exports exactly what the world says comes out, with exports that
trap. It may import the vocabulary of `witgen.component` and runs nothing.

Every export traps when it is called. Nothing here runs wasm: the text is for an assembler (wasmtime's, say).
"""

from .component import stub_component
from .engine_needs import needs_async

__all__ = ["needs_async", "stub_component"]
