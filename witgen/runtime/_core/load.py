"""From what `prepare` is given to what the engine needs: the skeleton validated, the core modules compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wasmtime import Engine, Module, WasmtimeError
from wasmtime.component import Component

from ...component.binary import BinaryError, Fault
from ...component.plan import Plan, make_plan
from ...dataclass import dataclass
from .._binding.refused import refusal
from .._codecs.base import Codec
from .._compiled.source import CodeSource
from .._component_source import component_bytes
from .._errors import BindError, UnsupportedTypeError
from .._process.fork import importing
from .._types import ImportFunc, WorldType
from .prepared import CorePrepared

if TYPE_CHECKING:
    from .._binding.linkers import Imports
    from .._component_source import ComponentSource


@dataclass(frozen=True, slots=True)
class Loaded:
    """A component that was read: its skeleton, which wasmtime has validated, its plan, and its core modules."""

    skeleton: Component
    plan: Plan
    modules: dict[int, Module]
    compiled: Callable[[bytes], Module]
    """Compiles a core module as these were."""

    def prepared(self, engine: Engine, imports: Imports) -> CorePrepared:
        """Ready to be instantiated with what `imports` knows.

        Raises:
            EngineError: the engine lacks what the component needs.
            UnsupportedTypeError: the engine cannot carry a type in it.
        """

        def host(under: str, name: str) -> tuple[int, str, ImportFunc, Codec | None]:
            found = imports.described(under, name)
            if found is None:
                raise BindError(f"nothing supplies the import {under or name}")
            return found.slot, found.label, found.function, found.codec

        return CorePrepared(engine, self.plan, self.modules, self.compiled, host)


def load(engine: Engine, source: ComponentSource, world: WorldType, code: CodeSource) -> Loaded:
    """Read, compare with the world, validate, compile.

    Raises:
        ComponentMismatchError: the component does not fit the world.
        UnsupportedTypeError: it uses what the engine does not carry.
        BindError: it is not a valid component, as wasmtime has it.
        OSError: the file cannot be read.
    """
    assert not isinstance(source, Component), "refused before"
    path, data = component_bytes(source)
    try:
        if world.plain is not None:
            with importing:
                from .._binding.comparison import compare_bytes

            compare_bytes(world.id, world.plain, data, path)
        plan, skeleton = make_plan(data)
        steps = {step.start: step for step in plan.modules}.values()
        modules = {step.start: code.module(bytes(data[step.start : step.end])) for step in steps}
        for start, end in plan.unused:
            Module.validate(engine, bytes(data[start:end]))
        made = code.component(skeleton, path)
    except BinaryError as error:
        raise _unplanned(engine, data, path, error) from None
    except WasmtimeError as error:
        raise refusal(error, path) from error
    return Loaded(made, plan, modules, code.module)


_COMPONENT = b"\0asm\x0d\0\x01\0"


_SMALL = 1 << 20
"""Bytes of a component that wasmtime compiles in a second or so, only to say what is wrong with it."""


def _unplanned(engine: Engine, data: bytes | bytearray, path: str, error: BinaryError) -> BindError:
    """The error for what has no plan: in wasmtime's words, which are the same with either ABI, where it refuses it too."""
    is_unsupported = error.fault in (Fault.UNSUPPORTED, Fault.TOO_LARGE) and bytes(data[:8]) == _COMPONENT
    if not is_unsupported or len(data) < _SMALL:
        try:
            Component(engine, data)
        except WasmtimeError as refused:
            return refusal(refused, path)
    what = f"`{path}`" if path else "it"
    if is_unsupported:
        return UnsupportedTypeError(f"abi='witgen' does not carry {what}: {error}")
    return BindError(f"{what} is not a valid component: {error}")


__all__ = ["Loaded", "load"]
