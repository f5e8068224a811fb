"""The world of the call benchmark, and a component for it written as text: its own work is as near to none as can be.

Each function of `host` has two of its name in `calls`: one that answers by itself (echoes store their flat parameters
where the result is read), and `repeat-…`, which calls the host's so many times.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from witgen.compiler.diagnostics import Diagnostics
from witgen.compiler.input.parsed import load_text
from witgen.compiler.model.resolve.passes import resolve
from witgen.compiler.trial.stub.component import Callee, ComponentWriter
from witgen.compiler.trial.stub.flatten import CoreSignature
from witgen.compiler.trial.stub.scope import Scope
from witgen.component.items import Constructor, Function, InterfaceItem, Method, World, WorldKey

ECHOES: Final[Mapping[str, str]] = {
    "string": "string",
    "bytes": "list<u8>",
    "numbers": "list<u32>",
    "strings": "list<string>",
    "point": "point",
    "points": "list<point>",
    "shape": "shape",
    "option": "option<string>",
    "result": "result<u32, string>",
    "tuple": "tuple<u32, string>",
    "rights": "rights",
    "colour": "colour",
}
"""The types of the echo functions, by name."""

_TYPES = """
  record point { x: u32, y: u32, weight: f64, name: string }
  variant shape { nothing, number(u32), text(string) }
  flags rights { r0, r1, r2, r3, r4, r5, r6, r7 }
  enum colour { red, green, blue }
"""
_SHARED: Final[Mapping[str, tuple[str, str]]] = {
    "nothing": ("", ""),
    "add": ("a: u32, b: u32", " -> u32"),
    "take-bytes": ("value: list<u8>", " -> u32"),
    **{f"echo-{name}": (f"value: {type}", f" -> {type}") for name, type in ECHOES.items()},
}


def wit() -> str:
    """The package, with world `bench`."""
    use = "  use types.{point, shape, rights, colour};\n"
    shared = "".join(f"  {name}: func({params}){result};\n" for name, (params, result) in _SHARED.items())
    repeats = "".join(
        f"  repeat-{name}: func(times: u32{', ' if params else ''}{params}) -> u32;\n"
        for name, (params, _) in _SHARED.items()
    )
    return f"""package bench:calls@1.0.0;
interface types {{{_TYPES}}}
interface host {{
{use}{shared}  resource blob {{ constructor(value: u32); get: func() -> u32; }}
}}
interface calls {{
{use}{shared}{repeats}  repeat-blob-get: func(times: u32) -> u32;
  repeat-blob-life: func(times: u32) -> u32;
  resource counter {{ constructor(value: u32); get: func() -> u32; }}
  give-bytes: func(count: u32) -> list<u8>;
  spin: func(rounds: u32) -> u32;
}}
world bench {{ import host; export calls; }}
"""


def component() -> str:
    """The component's text."""
    return _Guest(resolve(load_text(wit()), frozenset(), Diagnostics()).resolved.root.worlds["bench"]).text()


_RESULT = 64
_HEAP = 4096
_PAGES = 64
"""Enough for what `give-bytes` gives without being asked for room."""
_LAYOUT: Final[Mapping[str, tuple[tuple[str, int], ...]]] = {
    "echo-point": (("i32.store", 0), ("i32.store", 4), ("f64.store", 8), ("i32.store", 16), ("i32.store", 20)),
    "echo-shape": (("i32.store8", 0), ("i32.store", 4), ("i32.store", 8)),
    "echo-option": (("i32.store8", 0), ("i32.store", 4), ("i32.store", 8)),
    "echo-result": (("i32.store8", 0), ("i32.store", 4), ("i32.store", 8)),
    "echo-tuple": (("i32.store", 0), ("i32.store", 4), ("i32.store", 8)),
}
"""How the flat parameters of an echo are stored as its result; a pointer and a length where nothing is said."""
_PAIR = (("i32.store", 0), ("i32.store", 4))

_MEMORY = f"""
(memory (export "memory") {_PAGES})
(global $top (export "top") (mut i32) (i32.const {_HEAP}))
(func (export "cabi_realloc") (param i32 i32) (param $align i32) (param $size i32) (result i32) (local $at i32)
  (local.set $at (i32.and
    (i32.add (global.get $top) (i32.sub (local.get $align) (i32.const 1)))
    (i32.sub (i32.const 0) (local.get $align))))
  (global.set $top (i32.add (local.get $at) (local.get $size)))
  (if (i32.gt_u (global.get $top) (i32.mul (memory.size) (i32.const 0x10000)))
    (then (drop (memory.grow (i32.add (i32.shr_u (local.get $size) (i32.const 16)) (i32.const 1))))))
  (local.get $at))
""".strip().splitlines()
_FREE = f"(global.set $top (i32.const {_HEAP}))"


class _Guest(ComponentWriter):
    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._host = next(
            item.interface
            for item in world.imports.values()
            if isinstance(item, InterfaceItem) and item.interface.name == "host"
        )

    def _callee(self, key: WorldKey) -> Callee | None:
        known = {item.interface: at for at, item in self._world.imports.items() if isinstance(item, InterfaceItem)}
        return Callee(self._host, self._instances[known[self._host]])

    def _lift(self, scope: Scope, functions: Mapping[str, Function], callee: str | None) -> None:
        if not functions:
            return
        scope.add("(core module $memory", *_MEMORY, ")")
        scope.add("(core instance $memory-instance (instantiate $memory))")
        options = (
            '(memory (core memory $memory-instance "memory")) (realloc (core func $memory-instance "cabi_realloc"))'
        )
        imports = ['(import "memory" "memory" (memory 1))', '(import "memory" "top" (global $top (mut i32)))']
        given: list[str] = []

        def give(name: str, text: str, signature: CoreSignature) -> None:
            known = self._ids.fresh("core")
            scope.add(f"(core func {known} {text})")
            given.append(f'(export "{name}" (func {known}))')
            imports.append(f'(import "given" "{name}" (func ${name} {_text(signature)}))')

        for name, function in self._host.functions.items():
            give(
                _plain(function), f'(canon lower (func {callee} "{name}") {options})', self._flattener.lowered(function)
            )
        scope.add(f'(alias export {callee} "blob" (type $blob))')
        give("blob-drop", "(canon resource.drop $blob)", CoreSignature(("i32",), ()))
        counter = next(f.kind.resource for f in functions.values() if isinstance(f.kind, Constructor))
        give("counter-new", f"(canon resource.new {scope.named(counter)})", CoreSignature(("i32",), ("i32",)))

        bodies = [self._body(name, function) for name, function in functions.items()]
        scope.add("(core module $main", *imports, *bodies, ")")
        scope.add('(core instance $main-instance (instantiate $main (with "memory" (instance $memory-instance))')
        scope.add(f'  (with "given" (instance {" ".join(given)}))))')
        for name, function in functions.items():
            self._lift_one(scope, name, function, "$main-instance", options)

    def _body(self, name: str, function: Function) -> str:
        signature = self._flattener.lifted(function)
        return f'(func (export "export:{name}") {_text(signature)} {self._code(function, signature)})'

    def _code(self, function: Function, signature: CoreSignature) -> str:
        name = _plain(function)
        if name.startswith("repeat-"):
            return self._repeat(name.removeprefix("repeat-"))
        match name:
            case "counter-new":
                return "(call $counter-new (local.get 0))"
            case "nothing":
                return ""
            case "add":
                return "(i32.add (local.get 0) (local.get 1))"
            case "take-bytes":
                return f"{_FREE} (local.get 1)"
            case "give-bytes":
                return _stored(f"(i32.const {_HEAP})", "(local.get 0)")
            case "spin":
                return (
                    "(local i32) (loop $l (local.set 1 (i32.mul (i32.add (local.get 1) (local.get 0)) (i32.const 3)))"
                    " (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 1)"
                )
            case _ if not signature.params or (signature.results == ("i32",) and len(signature.params) == 1):
                return "(local.get 0)"
            case _:
                stores = " ".join(
                    f"({store} offset={at} (i32.const {_RESULT}) (local.get {number}))"
                    for number, (store, at) in enumerate(_LAYOUT.get(name, _PAIR))
                )
                return f"{_FREE} {stores} (i32.const {_RESULT})"

    def _repeat(self, name: str) -> str:
        before = after = ""
        count = 1
        if name == "blob-get":
            before, after = "(local.set $x (call $blob-new (i32.const 5)))", "(call $blob-drop (local.get $x))"
            call = "(drop (call $blob-get (local.get $x)))"
        elif name == "blob-life":
            call = "(call $blob-drop (call $blob-new (local.get $k)))"
        else:
            lowered = self._flattener.lowered(self._host.functions[name])
            plain = self._flattener.lifted(self._host.functions[name]).params
            count += len(plain)
            arguments = [f"(local.get {number})" for number in range(1, count)]
            arguments += [f"(i32.const {_RESULT})"] * (len(lowered.params) - len(plain))
            call = f"(call ${name} {' '.join(arguments)})"
            call = f"(drop {call})" if lowered.results else call
        return (
            f"(local $k i32) (local $mark i32) (local $x i32) (local.set $mark (global.get $top)) {before} "
            "(block $done (loop $again (br_if $done (i32.ge_u (local.get $k) (local.get 0))) "
            f"(global.set $top (local.get $mark)) {call} "
            f"(local.set $k (i32.add (local.get $k) (i32.const 1))) (br $again))) {after} {_FREE} (local.get $k)"
        )


def _plain(function: Function) -> str:
    """The function's name as a core identifier: `blob-new` for a constructor, `blob-get` for a method."""
    match function.kind:
        case Constructor(resource):
            return f"{resource.name}-new"
        case Method(resource):
            return f"{resource.name}-{function.item_name}"
        case _:
            return function.name


def _stored(pointer: str, length: str) -> str:
    at = f"(i32.const {_RESULT})"
    return f"(i32.store {at} {pointer}) (i32.store offset=4 {at} {length}) {at}"


def _text(signature: CoreSignature) -> str:
    params = "".join(f" (param {kind})" for kind in signature.params)
    return params + "".join(f" (result {kind})" for kind in signature.results)


__all__ = ["ECHOES", "component", "wit"]
