"""Component text for functions that hand their argument to the host and return what the host returns.

A value then crosses four times (into wasm, out to the import, back into wasm, out of the export), through the real
canonical ABI and without a guest toolchain. The text is made from the runtime's own descriptions of types.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from witgen.runtime import generated as abi

HOST = "test:echo/host@1.0.0"
API = "test:echo/api@1.0.0"


def named_types(ty: abi.Type | None, into: dict[int, abi.Type]) -> None:
    """Every type that needs a name, those that it needs first."""
    match ty:
        case abi.List(element) | abi.Option(element):
            named_types(element, into)
        case abi.Map(key, value):
            named_types(key, into)
            named_types(value, into)
        case abi.Tuple(elements):
            for element in elements:
                named_types(element, into)
        case abi.Result(ok, err):
            named_types(ok, into)
            named_types(err, into)
        case abi.Record():
            for _, _, field in ty.fields:
                named_types(field, into)
            into[id(ty)] = ty
        case abi.Variant():
            for _, _, payload in ty.cases:
                named_types(payload, into)
            into[id(ty)] = ty
        case abi.Enum() | abi.Flags():
            into[id(ty)] = ty
        case _:
            pass


def type_text(ty: abi.Type, names: Mapping[int, str], define: bool = False) -> str:
    def of(inner: abi.Type) -> str:
        return type_text(inner, names)

    if not define and id(ty) in names:
        return f"${names[id(ty)]}"
    match ty:
        case abi.Primitive():
            return ty.value
        case abi.List(element):
            return f"(list {of(element)})"
        case abi.Map(key, value):
            return f"(map {of(key)} {of(value)})"
        case abi.Option(element):
            return f"(option {of(element)})"
        case abi.Tuple(elements):
            return f"(tuple {' '.join(map(of, elements))})"
        case abi.Result(ok, err):
            return f"(result {of(ok) if ok else ''} {f'(error {of(err)})' if err else ''})"
        case abi.Record():
            return "(record " + " ".join(f'(field "{n}" {of(t)})' for n, _, t in ty.fields) + ")"
        case abi.Variant():
            return "(variant " + " ".join(f'(case "{n}" {of(t) if t else ""})' for n, _, t in ty.cases) + ")"
        case abi.Enum():
            return "(enum " + " ".join(f'"{n}"' for n in ty.names) + ")"
        case abi.Flags():
            return "(flags " + " ".join(f'"{n}"' for n in ty.names) + ")"
        case _:
            raise TypeError(f"no echo for {ty}")


def flat_types(ty: abi.Type | None) -> list[str]:
    """The core types that a value is passed as."""
    match ty:
        case None:
            return []
        case abi.U64 | abi.S64:
            return ["i64"]
        case abi.F32:
            return ["f32"]
        case abi.F64:
            return ["f64"]
        case abi.STRING | abi.List() | abi.Map():
            return ["i32", "i32"]
        case abi.Record():
            return [c for _, _, t in ty.fields for c in flat_types(t)]
        case abi.Tuple(elements):
            return [c for t in elements for c in flat_types(t)]
        case abi.Variant():
            return _joined([t for _, _, t in ty.cases])
        case abi.Option(element):
            return _joined([element])
        case abi.Result(ok, err):
            return _joined([ok, err])
        case _:
            return ["i32"]


def _joined(payloads: Sequence[abi.Type | None]) -> list[str]:
    columns = zip_longest(*map(flat_types, payloads))
    return ["i32", *(_join({c for c in column if c}) for column in columns)]


def _join(types: set[str]) -> str:
    if len(types) == 1:
        return types.pop()
    return "i32" if types == {"i32", "f32"} else "i64"


MEMORY = """
  (core module $libc
    (memory (export "memory") 64)
    (global $top (mut i32) (i32.const 4096))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (if (i32.gt_u (i32.add (global.get $top) (local.get 3)) (i32.const 4000000))
        (then (global.set $top (i32.const 4096))))
      (global.set $top (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
      (global.get $top)
      (global.set $top (i32.add (global.get $top) (local.get 3)))))
  (core instance $libc (instantiate $libc))
  (alias core export $libc "memory" (core memory $memory))
  (alias core export $libc "realloc" (core func $realloc))
"""


def component(functions: Mapping[str, tuple[abi.Type | None, abi.Type | None]]) -> str:
    """A component that exports each function (parameter `x`, result) in `API` and calls the one in `HOST` for it."""
    named: dict[int, abi.Type] = {}
    for param, result in functions.values():
        named_types(param, named)
        named_types(result, named)
    names = {key: f"t{n}" for n, key in enumerate(named)}
    types = "".join(
        f"(type $d{names[key]} {type_text(ty, names, True)})"
        f' (export "{names[key]}" (type ${names[key]} (eq $d{names[key]})))\n'
        for key, ty in named.items()
    )
    aliases = "".join(f'(alias export $host "{name}" (type ${name}))\n' for name in names.values())
    imported = lowered = exports = given = core = lifted = ""
    for name, (param, result) in functions.items():
        signature = "(func" + (f' (param "x" {type_text(param, names)})' if param else "")
        signature += f" (result {type_text(result, names)}))" if result else ")"
        imported += f'(export "{name}" {signature})\n'
        params, results = flat_types(param), flat_types(result)
        params = params if len(params) <= 16 else ["i32"]
        indirect = len(results) > 1
        options = "(memory $memory) (realloc $realloc)"
        lowered += f'(core func $l-{name} (canon lower (func $host "{name}") {options}))\n'
        given += f'(export "{name}" (func $l-{name}))'
        takes = f"(param {' '.join(params)})"
        gives = "(result i32)" if indirect else f"(result {results[0]})" if results else ""
        core += (
            f'(import "host" "{name}" (func $i-{name} (param {" ".join([*params, *(["i32"] if indirect else [])])}) '
        )
        core += f"{'' if indirect else gives}))\n"
        arguments = " ".join(f"(local.get {n})" for n in range(len(params)))
        area = "(i32.const 64)" if indirect else ""
        body = f"(call $i-{name} {arguments} {area}) {area}"
        exports += f'(func (export "{name}") {takes} {gives} {body})\n'
        lifted += f'(func $f-{name} {signature[5:-1]} (canon lift (core func $main "{name}") {options}))\n'
    api = " ".join(f'(export "{name}" (func $f-{name}))' for name in functions)
    return f"""(component
  (import "{HOST}" (instance $host
    {types}
    {imported}))
  {aliases}
  {MEMORY}
  {lowered}
  (core module $main {core} {exports})
  (core instance $main (instantiate $main (with "host" (instance {given}))))
  {lifted}
  (instance $api {api})
  (export "{API}" (instance $api)))
"""


def world(functions: Mapping[str, tuple[abi.Type | None, abi.Type | None]]) -> abi.WorldType:
    """The world of such a component."""
    imports = tuple(
        abi.ImportFunc(name, name.replace("-", "_"), (("x", param),) if param else (), result)
        for name, (param, result) in functions.items()
    )
    return abi.WorldType(
        "test:echo/echo",
        "0.1.0",
        (abi.ImportInterface("host", HOST, "host.Host", imports),),
        (abi.ExportInterface(API, tuple(functions)),),
    )


def export(name: str, param: abi.Type | None, result: abi.Type | None) -> abi.ExportFunc[[object], object]:
    """The descriptor of one of its exports."""
    return abi.ExportFunc[[object], object](API, name, (("x", param),) if param else (), result)
