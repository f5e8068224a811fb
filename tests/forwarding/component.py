"""Forwarding components: each exported function calls the imported one of the same name and returns what it returns.

A value then crosses four times (into wasm, out to the import, back into wasm, out of the export) through the real
canonical ABI, and no guest toolchain is needed. The core functions know nothing of the values: a lifted and a lowered
function of one type take the same flat parameters, or the same pointer to what they would be, and the result of the
import is left where the lifted function reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from witgen.compiler.trial.stub.component import Callee, ComponentWriter
from witgen.compiler.trial.stub.flatten import CoreSignature
from witgen.compiler.trial.stub.scope import Scope
from witgen.component.items import Freestanding, Function, Interface, InterfaceItem, World, WorldKey
from witgen.component.types import Alias, Option, Record, Resource, Result, Tuple, Type, Variant

_RESULT = 64
"""Where an import leaves a result that is no core value."""

# Memory grows with its values. Everything is freed when an import is called: `canon lower` has copied the arguments by
# then, and what is allocated for the import's result is read before the component is entered again.
_MEMORY = """
(memory (export "memory") 1)
(global $top (export "top") (mut i32) (i32.const HEAP))
(func (export "cabi_realloc") (param $old i32) (param $had i32) (param $align i32) (param $size i32) (result i32)
  (local $at i32) (local $missing i32)
  (local.set $at (i32.and
    (i32.add (global.get $top) (i32.sub (local.get $align) (i32.const 1)))
    (i32.sub (i32.const 0) (local.get $align))))
  (global.set $top (i32.add (local.get $at) (local.get $size)))
  (local.set $missing (i32.sub
    (i32.shr_u (i32.add (global.get $top) (i32.const 0xffff)) (i32.const 16))
    (memory.size)))
  (if (i32.gt_s (local.get $missing) (i32.const 0))
    (then (if (i32.lt_s (memory.grow (local.get $missing)) (i32.const 0)) (then unreachable))))
  (memory.copy (local.get $at) (local.get $old) (local.get $had))
  (local.get $at))
""".strip()


def forwarding_component(world: World, twins: Mapping[str, str] | None = None) -> str:
    """The text of a component for `world` in which each export calls its twin among the imports.

    An exported interface's twin is the one imported under the key that `twins` has for it, or else under its own; that
    of a function is the one imported under its name. Twins have functions of the same names and types, none of them
    async, and no resources.
    """
    return _Forwarder(world, twins or {}).text()


class _Forwarder(ComponentWriter):
    def __init__(self, world: World, twins: Mapping[str, str]) -> None:
        super().__init__(world)
        self._twins = twins
        self._rooms: dict[int, int] = {}
        self._by_name: dict[str, tuple[WorldKey, Interface]] = {
            _text(key): (key, item.interface) for key, item in world.imports.items() if isinstance(item, InterfaceItem)
        }

    def _callee(self, key: WorldKey) -> Callee | None:
        imported, interface = self._by_name[self._twins.get(_text(key), _text(key))]
        return Callee(interface, self._instances[imported])

    def _lift(self, scope: Scope, functions: Mapping[str, Function], callee: str | None) -> None:
        if not functions:
            return
        memory, main, memory_module, main_module = (
            self._ids.fresh(hint) for hint in ("memory", "main", "memory-module", "main-module")
        )
        options = f'(memory (core memory {memory} "memory")) (realloc (core func {memory} "cabi_realloc"))'
        heap = _RESULT + max(0 if f.result is None else self._room(f.result) for f in functions.values())
        scope.add(f"(core module {memory_module}", *_MEMORY.replace("HEAP", str(heap)).splitlines(), ")")
        scope.add(f"(core instance {memory} (instantiate {memory_module}))")
        imports = ['(import "memory" "top" (global $top (mut i32)))']
        bodies: list[str] = []
        given: list[str] = []
        for name, function in functions.items():
            assert isinstance(function.kind, Freestanding) and not function.is_async
            lowered = self._ids.fresh("lowered")
            called = f'(func {callee} "{name}")' if callee else f"(func {self._functions[name]})"
            scope.add(f"(core func {lowered} (canon lower {called} {options}))")
            given.append(f'(export "{name}" (func {lowered}))')
            signature = self._flattener.lowered(function)
            imports.append(f'(import "callee" "{name}" (func $import:{name}{_signature(signature)}))')
            bodies.append(self._body(name, function, heap))
        scope.add(f"(core module {main_module}", *imports, *bodies, ")")
        scope.add(f"(core instance {main} (instantiate {main_module}")
        scope.add(f'  (with "memory" (instance {memory})) (with "callee" (instance {" ".join(given)}))))')
        for name, function in functions.items():
            self._lift_one(scope, name, function, main, options)

    def _body(self, name: str, function: Function, heap: int) -> str:
        lifted, lowered = self._flattener.lifted(function), self._flattener.lowered(function)
        arguments = "".join(f" (local.get {number})" for number in range(len(lifted.params)))
        call = f"(call $import:{name}{arguments}"
        if lifted.results != lowered.results:
            call += f" (i32.const {_RESULT})) (i32.const {_RESULT}"
        free = f"(global.set $top (i32.const {heap}))"
        return f'(func (export "export:{name}"){_signature(lifted)} {free} {call}))'

    def _room(self, type: Type) -> int:
        """As many bytes as a value takes, or more; what it points to is allocated elsewhere."""
        known = self._rooms.get(id(type))
        if known is None:
            known = self._rooms[id(type)] = self._measure(type)
        return known

    def _measure(self, type: Type) -> int:
        match type:
            case Record(fields=fields):
                return 8 + sum(self._room(field.type) for field in fields)
            case Tuple(elements):
                return 8 + sum(map(self._room, elements))
            case Variant(cases=cases):
                return 8 + max(0 if case.type is None else self._room(case.type) for case in cases)
            case Result(ok, err):
                return 8 + max(0 if part is None else self._room(part) for part in (ok, err))
            case Option(element):
                return 8 + self._room(element)
            case Alias(target=target):
                assert not isinstance(target, Resource)
                return self._room(target)
            case _:
                return 8


def _text(key: WorldKey) -> str:
    return key if isinstance(key, str) else key.interface.id or ""


def _signature(signature: CoreSignature) -> str:
    return _list("param", signature.params) + _list("result", signature.results)


def _list(keyword: str, kinds: Iterable[str]) -> str:
    return "".join(f" ({keyword} {kind})" for kind in kinds)


__all__ = ["forwarding_component"]
