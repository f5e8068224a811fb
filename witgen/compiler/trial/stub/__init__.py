"""Stub components: for any world, the text of a component that imports and exports just what the world says.

Every export traps when it is called. Nothing here runs wasm: the text is for an assembler (wasmtime's, say).
"""

from .component import stub_component

__all__ = ["stub_component"]
