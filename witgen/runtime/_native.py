"""What wasmtime supplies itself, and which names it takes for the same interface."""

from __future__ import annotations

from ..component.linker_names import NATIVE, NATIVE_HTTP, family, is_native, is_native_http

__all__ = ["NATIVE", "NATIVE_HTTP", "family", "is_native", "is_native_http"]
