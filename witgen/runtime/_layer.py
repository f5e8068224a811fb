"""Which value layer carries values: `fast`, over the C layout in memory, or `public`, over wasmtime-py's API.

Both are behind the same generated classes, with the same checks and messages. The fast one is chosen where it is known
to be right: CPython on 64-bit little-endian, a tested major version of wasmtime, and a self-test that passes. It is
chosen once, when the first component is prepared. `WITGEN_VALUE_LAYER=public` asks for the other, and `=fast` makes it
an error if the fast one cannot be used.
"""

from __future__ import annotations

import os
import struct
import sys
from typing import Literal

from ._errors import EngineError
from ._process.fork import Lock, importing

Layer = Literal["fast", "public", "core"]
"""`core` is the value layer of the engine in `_core`, which `prepare` chooses and not this module."""

VARIABLE = "WITGEN_VALUE_LAYER"
TESTED = (50, 49, 48)
"""The major versions of wasmtime whose layout of values is known."""

_lock = Lock()
_chosen: dict[str, Layer] = {}
_found: list[str] = []


def value_layer() -> Layer:
    """The layer for components that are prepared from now on.

    It is the one that the environment names in `WITGEN_VALUE_LAYER`; without that, `fast` where it can be used.

    Raises:
        EngineError: `WITGEN_VALUE_LAYER` is neither `fast` nor `public`, or it is `fast` and that cannot be used.
    """
    wanted = os.environ.get(VARIABLE, "")
    known = _chosen.get(wanted)
    if known is not None:
        return known
    with _lock:
        _chosen[wanted] = _choose(wanted)
    return _chosen[wanted]


def _choose(wanted: str) -> Layer:
    if wanted == "public":
        return "public"
    if wanted not in ("", "fast"):
        raise EngineError(f"{VARIABLE}={wanted}: expected fast or public")
    if not _found:
        _found.append(_obstacle())
    if not _found[0]:
        return "fast"
    if wanted:
        raise EngineError(f"{VARIABLE}=fast: {_found[0]}")
    return "public"


def _obstacle() -> str:
    """What speaks against the fast layer; "" if nothing does."""
    if sys.implementation.name != "cpython" or not getattr(sys, "_is_gil_enabled", lambda: True)():
        return "the fast layer needs CPython with its global lock"
    if sys.byteorder != "little" or struct.calcsize("P") != 8:
        return "the fast layer needs a 64-bit little-endian machine"
    with importing:
        from importlib import metadata  # which takes as long to load as wasmtime's declarations

    version = metadata.version("wasmtime")
    if not any(version.startswith(f"{major}.") for major in TESTED):
        return f"wasmtime {version} is not one of the tested versions {', '.join(map(str, TESTED))}"
    try:
        with importing:
            from ._fast import selftest

        return selftest.run()
    except Exception as error:  # noqa: BLE001  # whatever is different in this version, the public layer remains
        return f"the self-test failed: {type(error).__name__}: {error}"
