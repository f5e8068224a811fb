"""Components that give to the host, and to a component around them, whatever lies in their memory.

For a list of functions with parameters and a result, the *rig* exports, in the interface `API`:

- `take<n>`: the parameters; what arrives is left where the test can read it, from `TAKEN` on;
- `give<n>`: the result, which is what lies from `GIVEN` on;
- `feed<n>`: calls the host's `in<n>`, whose parameters are what lies from `FED` on;
- `fetch<n>`: calls the host's `out<n>`, whose result goes where the word at `PLACE` points, or to `FETCHED`.

Flat values lie in slots of 16 bytes; a pointer to values is one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.runtime.echo import flat_types, named_types, type_text
from witgen.runtime import generated as abi

HOST = "test:rig/host"
API = "test:rig/api"
TAKEN, GIVEN, FED, FETCHED, PLACE = 0, 512, 1024, 1536, 1552
HEAP = 4096
"""Where what pointers lead to begins."""
FREE = 40_960
"""Where `realloc` begins."""
PAGES = 2
SLOT = 16
MOST_FLAT = 16
ENCODINGS = ("utf8", "utf16", "latin1+utf16")

_BUMP = """
  (global $top (export "top") (mut i32) (i32.const {free}))
  (func (export "realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $top (i32.and (i32.add (global.get $top) (i32.sub (local.get 2) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get 2))))
    (global.get $top)
    (if (local.get 1) (then (memory.copy (global.get $top) (local.get 0) (local.get 1))))
    (global.set $top (i32.add (global.get $top) (local.get 3))))"""
REALLOC = _BUMP.format(free=FREE)
"""It gives what is next, to the end of the memory and beyond."""


@dataclass(frozen=True)
class Signature:
    """The types of one function."""

    params: tuple[abi.Type, ...]
    result: abi.Type | None

    @property
    def flat_params(self) -> list[str]:
        """The core types of the parameters, or of the pointer to them."""
        flat = [letter for ty in self.params for letter in flat_types(ty)]
        return flat if len(flat) <= MOST_FLAT else ["i32"]

    @property
    def spills(self) -> bool:
        """Whether the parameters go through memory."""
        return sum(len(flat_types(ty)) for ty in self.params) > MOST_FLAT

    @property
    def flat_results(self) -> list[str]:
        """The core types of the result."""
        return flat_types(self.result)


@dataclass(frozen=True)
class Options:
    """What differs between rigs beside the types."""

    encoding: str = "utf8"
    realloc: str = REALLOC
    data: str = ""
    """Data segments."""
    post_return: str = ""
    """The body of `post-return`, if there is one."""
    pages: int = PAGES


def _store(core: Sequence[str], at: int) -> str:
    return "".join(f"({letter}.store (i32.const {at + SLOT * n}) (local.get {n}))" for n, letter in enumerate(core))


def _load(core: Sequence[str], at: int) -> str:
    return " ".join(f"({letter}.load (i32.const {at + SLOT * n}))" for n, letter in enumerate(core))


def _core(kind: str, letters: Sequence[str]) -> str:
    return f"({kind} {' '.join(letters)})" if letters else ""


@dataclass(frozen=True)
class _Function:
    number: int
    signature: Signature
    names: dict[int, str]

    def params_text(self) -> str:
        return "".join(f' (param "p{n}" {type_text(ty, self.names)})' for n, ty in enumerate(self.signature.params))

    def result_text(self) -> str:
        result = self.signature.result
        return "" if result is None else f" (result {type_text(result, self.names)})"

    def imports(self) -> str:
        return (
            f'(export "in{self.number}" (func{self.params_text()}))\n'
            f'(export "out{self.number}" (func{self.result_text()}))\n'
        )

    def core_imports(self) -> str:
        params, results = self.signature.flat_params, self.signature.flat_results
        out = _core("param", ["i32"]) if len(results) > 1 else _core("result", results)
        return (
            f'(import "h" "in{self.number}" (func $in{self.number} {_core("param", params)}))\n'
            f'(import "h" "out{self.number}" (func $out{self.number} {out}))\n'
        )

    def core_functions(self) -> str:
        number, params, results = self.number, self.signature.flat_params, self.signature.flat_results
        indirect = len(results) > 1
        given = ["i32"] if indirect else results
        fetch = f"(call $out{number}{f' (i32.load (i32.const {PLACE}))' if indirect else ''})"
        if results and not indirect:
            fetch = f"({results[0]}.store (i32.const {FETCHED}) {fetch})"
        return (
            f'(func (export "take{number}") {_core("param", params)} {_store(params, TAKEN)})\n'
            f'(func (export "give{number}") {_core("result", given)} {_load(given, GIVEN)})\n'
            f'(func (export "feed{number}") (call $in{number} {_load(params, FED)}))\n'
            f'(func (export "fetch{number}") {fetch})\n'
        )

    def post_returns(self, body: str) -> str:
        results = self.signature.flat_results
        given = ["i32"] if len(results) > 1 else results
        return f'(func (export "post{self.number}") {_core("param", given)} {body})\n' if body else ""

    def lifted(self, instance: str, options: str, post: bool) -> list[tuple[str, str]]:
        n = self.number
        after = f'(post-return (core func {instance} "post{n}"))' if post else ""

        def lift(name: str, types: str, more: str = "") -> tuple[str, str]:
            return name, f'{types} (canon lift (core func {instance} "{name}") {options} {more})'

        return [
            lift(f"take{n}", self.params_text()),
            lift(f"give{n}", self.result_text(), after),
            lift(f"feed{n}", ""),
            lift(f"fetch{n}", ""),
        ]


def _functions(signatures: Sequence[Signature]) -> tuple[dict[int, str], dict[int, abi.Type], list[_Function]]:
    found: dict[int, abi.Type] = {}
    for signature in signatures:
        for ty in (*signature.params, signature.result):
            named_types(ty, found)
    names = {key: f"t{n}" for n, key in enumerate(found)}
    return names, found, [_Function(n, signature, names) for n, signature in enumerate(signatures)]


def _types(names: dict[int, str], found: dict[int, abi.Type]) -> str:
    return "".join(
        f"(type $d{names[key]} {type_text(ty, names, True)})"
        f' (export "{names[key]}" (type ${names[key]} (eq $d{names[key]})))\n'
        for key, ty in found.items()
    )


def _body(functions: Sequence[_Function], host: str, names: dict[int, str], options: Options) -> str:
    """The core half of a rig: what comes after the import of `host`, up to core functions in `$main`."""
    aliases = "".join(f'(alias export {host} "{name}" (type ${name}))\n' for name in names.values())
    lowered = given = ""
    for function in functions:
        for name in (f"in{function.number}", f"out{function.number}"):
            lowered += f'(core func ${name} (canon lower (func {host} "{name}") {_canon(options)}))\n'
            given += f'(export "{name}" (func ${name}))'
    core = "".join(f.core_imports() for f in functions)
    core += "".join(f.core_functions() + f.post_returns(options.post_return) for f in functions)
    return f"""{aliases}
  (core module $libc (memory (export "memory") {options.pages}) {options.realloc} {options.data})
  (core instance $libc (instantiate $libc))
  {lowered}
  (core module $m (import "m" "memory" (memory 0)) {core})
  (core instance $main (instantiate $m (with "m" (instance $libc)) (with "h" (instance {given}))))
"""


def _canon(options: Options) -> str:
    return (
        '(memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))'
        f" string-encoding={options.encoding}"
    )


def rig(signatures: Sequence[Signature], options: Options = Options()) -> str:
    """The text of a rig whose host is the test."""
    names, found, functions = _functions(signatures)
    imports = _types(names, found) + "".join(f.imports() for f in functions)
    lifted = api = ""
    for function in functions:
        for name, rest in function.lifted("$main", _canon(options), bool(options.post_return)):
            lifted += f"(func ${name} {rest})\n"
            api += f'(export "{name}" (func ${name}))'
    return f"""(component
  (import "{HOST}" (instance $host {imports}))
  {_body(functions, "$host", names, options)}
  {lifted}
  (instance $api {api})
  (export "{API}" (instance $api)))"""


def fused(signatures: Sequence[Signature], inner: Options, outer: Options) -> str:
    """The text of a component of two: the outer one feeds the inner one, and fetches from it.

    What the host would do is done by the inner one: `in<n>` takes, and `out<n>` gives what lies from `GIVEN` on.
    """
    names, found, functions = _functions(signatures)
    defined = "".join(
        f"(type $d{names[key]} {type_text(ty, names, True)})"
        f' (export ${names[key]} "{names[key]}" (type $d{names[key]}))\n'
        for key, ty in found.items()
    )
    core = lifted = ""
    for f in functions:
        n, params, results = f.number, f.signature.flat_params, f.signature.flat_results
        given = ["i32"] if len(results) > 1 else results
        core += (
            f'(func (export "in{n}") {_core("param", params)} {_store(params, TAKEN)})\n'
            f'(func (export "out{n}") {_core("result", given)} {_load(given, GIVEN)})\n'
        )
        core += f.post_returns(inner.post_return)
        post = f'(post-return (core func $main "post{n}"))' if inner.post_return else ""
        lifted += (
            f'(func (export "in{n}"){f.params_text()} (canon lift (core func $main "in{n}") {_canon(inner)}))\n'
            f'(func (export "out{n}"){f.result_text()} (canon lift (core func $main "out{n}") {_canon(inner)} {post}))\n'
        )
    imports = _types(names, found) + "".join(f.imports() for f in functions)
    runs = exported = ""
    for n in range(len(functions)):
        for name in (f"feed{n}", f"fetch{n}"):
            runs += f'(func (export "{name}") (canon lift (core func $main "{name}")))\n'
            exported += f'(export "{name}" (func $outer "{name}"))\n'
    # What arrived is a core function's result, so that memories are compared too.
    peek = '(func (export "peek") (param i32) (result i32) (i32.load (local.get 0)))'
    peeks = '(func (export "peek") (param "at" u32) (result u32) (canon lift (core func $main "peek")))'
    return f"""(component
  (component $inner
    {defined}
    (core module $libc (memory (export "memory") {inner.pages}) {inner.realloc} {inner.data})
    (core instance $libc (instantiate $libc))
    (core module $m (import "m" "memory" (memory 0)) {core} {peek})
    (core instance $main (instantiate $m (with "m" (instance $libc))))
    {lifted} {peeks})
  (instance $inner (instantiate $inner))
  (component $outer
    (import "{HOST}" (instance $host {imports}))
    {_body(functions, "$host", names, outer)}
    {runs})
  (instance $outer (instantiate $outer (with "{HOST}" (instance $inner))))
  (export "peek" (func $inner "peek"))
  {exported})"""


__all__ = [
    "API",
    "ENCODINGS",
    "FED",
    "FETCHED",
    "FREE",
    "GIVEN",
    "HEAP",
    "HOST",
    "MOST_FLAT",
    "PAGES",
    "PLACE",
    "REALLOC",
    "SLOT",
    "TAKEN",
    "Options",
    "Signature",
    "fused",
    "rig",
]
