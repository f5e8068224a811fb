"""The private module of wasmtime-py with the C API."""

from __future__ import annotations

from typing import Any, cast

import wasmtime

FFI: Any = cast("Any", wasmtime)._ffi
