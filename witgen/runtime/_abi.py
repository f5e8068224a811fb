"""Who does the Canonical ABI of a component: wasmtime's component API, or the engine in `_core`.

`auto` is wasmtime's, which has native WASI and instantiates fastest. `WITGEN_ABI=witgen` makes it the engine's wherever
the component is given as bytes or a file and compiled in this process, so that a whole test suite can be run on it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from wasmtime.component import Component

from ._errors import BindError, EngineError

if TYPE_CHECKING:
    from ._compiled.source import CodeSource

Abi = Literal["auto", "wasmtime", "witgen"]
"""What `prepare` is asked for."""
ChosenAbi = Literal["wasmtime", "witgen"]

VARIABLE = "WITGEN_ABI"


def chosen_abi(abi: str, source: object, code: CodeSource) -> ChosenAbi:
    """Who does the Canonical ABI of a component.

    Raises:
        ValueError: `abi` is not one of its values.
        BindError: the engine is asked for, and wasmtime has compiled the component already.
        EngineError: the environment variable is not one of its values.
    """
    match abi:
        case "wasmtime":
            return "wasmtime"
        case "witgen":
            if isinstance(source, Component):
                raise BindError("abi='witgen' needs the bytes or the path of the component, not a compiled Component")
            return "witgen"
        case "auto":
            wanted = os.environ.get(VARIABLE, "")
            if wanted not in ("", "wasmtime", "witgen"):
                raise EngineError(f"{VARIABLE}={wanted}: expected wasmtime or witgen")
            is_here = not (isinstance(source, Component) or code.cached_only or code.isolated)
            return "witgen" if wanted == "witgen" and is_here else "wasmtime"
        case _:
            raise ValueError(f"prepare(abi): expected 'auto', 'wasmtime' or 'witgen', got {abi!r}")


__all__ = ["VARIABLE", "Abi", "ChosenAbi", "chosen_abi"]
