"""The table that pins `wit/` to the standard: every item of a resolve, docs removed, as a path and a hash.

Run as `python -m tests.compiler.model.wasi_table WIT-FOLDER` it prints the table of that folder, for the default features and for
all; the recorded one, `tests/golden/wasi-0.2.8.json`, was made so from the reference texts. A test compares it with the
table of `wit/`, so that a failure names the items that differ.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable
from typing import assert_never

from witgen.component import items, types


def describe(type: types.Type | types.Resource) -> str:
    """A type as text that does not depend on where it is used: definitions by the path of their home."""
    match type:
        case types.Primitive():
            return type.value
        case types.List(element):
            return f"list<{describe(element)}>"
        case types.FixedList(element, size):
            return f"list<{describe(element)}, {size}>"
        case types.Map(key, value):
            return f"map<{describe(key)}, {describe(value)}>"
        case types.Option(element):
            return f"option<{describe(element)}>"
        case types.Result(ok, err):
            return f"result<{'_' if ok is None else describe(ok)}, {'_' if err is None else describe(err)}>"
        case types.Tuple(elements):
            return f"tuple<{', '.join(map(describe, elements))}>"
        case types.Future(element):
            return f"future<{'_' if element is None else describe(element)}>"
        case types.Stream(element):
            return f"stream<{'_' if element is None else describe(element)}>"
        case types.Own(resource):
            return f"own<{home(resource)}>"
        case types.Borrow(resource):
            return f"borrow<{home(resource)}>"
        case types.Record() | types.Variant() | types.Enum() | types.Flags() | types.Resource() | types.Alias():
            return home(type)
        case _:
            assert_never(type)


def home(definition: types.TypeDefinition) -> str:
    """`ns:pkg/owner@version#name`."""
    owner = definition.owner
    return f"{owner.package.name.item(owner.name or '(inline)')}#{definition.name}"


def gate(stability: types.Stability | None) -> str:
    """A gate as text; empty where there is none."""
    return "" if stability is None else f"{stability} "


def define(definition: types.TypeDefinition) -> str:
    """A definition with its gate and members, in order."""
    text = gate(definition.stability)
    match definition:
        case types.Record(fields=fields):
            return f"{text}record {[(f.name, describe(f.type)) for f in fields]}"
        case types.Variant(cases=cases):
            return f"{text}variant {[(c.name, c.type and describe(c.type)) for c in cases]}"
        case types.Enum(cases=cases):
            return f"{text}enum {[c.name for c in cases]}"
        case types.Flags(flags=flags):
            return f"{text}flags {[f.name for f in flags]}"
        case types.Resource():
            return f"{text}resource"
        case types.Alias(target=target):
            return f"{text}alias {describe(target)}"
        case _:
            assert_never(definition)


def declare(function: items.Function) -> str:
    """A function with its gate and signature."""
    params = [(p.name, describe(p.type)) for p in function.params]
    result = None if function.result is None else describe(function.result)
    return f"{gate(function.stability)}{type(function.kind).__name__} {function.is_async} {params} -> {result}"


def world_items(side: Iterable[tuple[items.WorldKey, items.WorldItem]]) -> Iterable[tuple[str, str]]:
    """The imports or exports of a world, by key."""
    for key, item in side:
        name = key if isinstance(key, str) else str(key.interface.id)
        match item:
            case items.InterfaceItem(interface, _, stability):
                yield name, f"{gate(stability)}interface {interface.id}"
            case items.FunctionItem(function):
                yield name, declare(function)
            case items.TypeItem(definition):
                yield name, define(definition)
            case _:
                assert_never(item)


def texts(resolved: items.Resolved) -> dict[str, str]:
    """Every item of a resolve by its path; an `(order)` entry per container pins the order of its members."""
    table: dict[str, str] = {}
    for package in resolved.packages:
        name = str(package.name)
        table[f"{name} (order)"] = f"{list(package.interfaces)} {list(package.worlds)}"
        for interface in package.interfaces.values():
            path = package.name.item(interface.name or "")
            table[path] = f"{gate(interface.stability)}interface"
            table[f"{path} (order)"] = f"{list(interface.types)} {list(interface.functions)}"
            table |= {f"{path}#{n}": define(t) for n, t in interface.types.items()}
            table |= {f"{path} {n}": declare(f) for n, f in interface.functions.items()}
        for world in package.worlds.values():
            table[world.id] = f"{gate(world.stability)}world"
            for side, members in (("import", world.imports), ("export", world.exports)):
                entries = list(world_items(members.items()))
                table[f"{world.id} ({side} order)"] = str([n for n, _ in entries])
                table |= {f"{world.id} {side} {n}": text for n, text in entries}
    return table


def hashes(resolved: items.Resolved) -> dict[str, str]:
    """`texts`, each text as the first 16 digits of its SHA-256."""
    return {path: hashlib.sha256(text.encode()).hexdigest()[:16] for path, text in texts(resolved).items()}


def main(folder: str) -> None:
    """Print the table of a folder as JSON."""
    from witgen.api import load_and_resolve

    table = {
        "default": hashes(load_and_resolve(folder).resolved),
        "all-features": hashes(load_and_resolve(folder, all_features=True).resolved),
    }
    json.dump(table, sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == "__main__":
    main(sys.argv[1])
