"""What wasmtime says of a component that it does not take, as an error of the runtime."""

from __future__ import annotations

from wasmtime import WasmtimeError

from .._errors import BindError, EngineError
from .linkers import unsupported

_NO_SWITCH = {"fixed-length lists": "list<T, N>", "error-context": "error-context"}
"""What wasmtime calls the features that wasmtime-py has no switch for, and what WIT does."""


def refusal(error: WasmtimeError, path: str) -> BindError:
    """The error for a component from a file at `path`, "" for one that was given as bytes."""
    if "component model async feature" in str(error):
        return EngineError(
            "the component has async functions, streams or futures, and the engine was made without component async:"
            " witgen.runtime.engine(component_async=True)"
        )
    if "pooling allocator" in str(error):
        return EngineError(f"the component does not fit the pool of the engine, engine(pooling=…): {error}")
    for feature, keyword in _NO_SWITCH.items():
        if f"component model {feature} feature" in str(error):
            return unsupported("the component", keyword)
    return BindError(f"{f'`{path}`' if path else 'it'} is not a valid component: {error}")


__all__ = ["refusal"]
