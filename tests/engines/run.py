"""Runs a component on one engine: what comes out of its calls, as lines of text that both engines must agree on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from random import Random
from types import SimpleNamespace
from typing import Literal, cast

import witgen.runtime as rt
from tests.component.wast.values import CannotRun
from tests.engines.drawn import NoValue, draw_value, show
from tests.engines.planned import Exported, Planned, planned
from witgen.component.binary import BinaryError
from witgen.component.plan import make_plan
from witgen.runtime import generated as abi

Abi = Literal["wasmtime", "witgen"]
NOT_CARRIED = "(not carried)"
"""What is said of a component that witgen's engine refuses though it is a right one."""
FUEL = 2_000_000
MEMORY = 64 << 20
TABLE = 10_000
CALLS = 2
"""How often each function is called."""
KINDS: dict[rt.TrapKind, str] = {"limit": "other", "memory": "other", "handles": "other"}
"""Kinds of traps that are not told apart: where witgen knows why a value was refused, wasmtime has words of many kinds."""
LONGEST = 4_000
"""Characters of a line."""


Function = Callable[..., object]


class HostThing:
    """A resource of the host's."""

    def __init__(self, number: int, log: list[str], methods: Mapping[str, Function]) -> None:
        self._number = number
        self._log = log
        self._methods = methods

    def __getattr__(self, name: str) -> Function:
        try:
            return partial(self._methods[name], self)
        except KeyError:
            raise AttributeError(name) from None

    def __exit__(self, *_exc: object) -> None:
        self._log.append(f"left {self._number}")

    def __repr__(self) -> str:
        return f"thing {self._number}"


class HostError(Exception):
    """What an import may raise."""


class _Run:
    """One component on one engine. All that is drawn comes from `seed`, so both engines are asked the same."""

    def __init__(self, engine: rt.Engine, prepared: abi.Prepared, world: Planned, seed: int) -> None:
        self._engine = engine
        self._prepared = prepared
        self._world = world
        self._random = Random(seed)
        self.log: list[str] = []
        self._store: rt.Store | None = None
        self._instance: abi.Instance | None = None
        self._made: list[object] = []
        self._names: dict[int, str] = {}
        self._methods: dict[str, Function] = {}

    def run(self) -> None:
        functions = self._world.exported * CALLS
        self._random.shuffle(functions)
        for function in functions[:60]:
            if self._instance is None and not self._start():
                break
            self._call(function)
        self._close()

    def _start(self) -> bool:
        self._made, self._names = [], {}
        self._store = rt.Store(self._engine)
        host = {interface.key: self._host(interface) for interface in self._world.world.imports}
        try:
            self._instance = self._prepared.instantiate(
                self._store, host, rt.Limits(fuel=FUEL, memory_size=MEMORY, table_elements=TABLE)
            )
        except Exception as error:  # noqa: BLE001 - whatever comes out is what is compared
            self._say("instantiate", kind_of(error))
            return False
        return True

    def _host(self, interface: abi.ImportInterface) -> object:
        """An implementation of all functions of an interface, or of one function of the world."""
        made = SimpleNamespace()
        statics: dict[str, dict[str, Function]] = {}
        for function in interface.functions:
            implementation = self._implementation(interface.key, function)
            owner, _, name = function.path.rpartition(".")
            if not function.path:
                return implementation
            if function.path.startswith("."):
                self._methods[name] = implementation
            elif owner:
                statics.setdefault(owner, {})[name] = implementation
            else:
                setattr(made, name, implementation)
        for name, functions in statics.items():
            owned: object = getattr(made, name, None) or SimpleNamespace()
            for static, implementation in functions.items():
                setattr(owned, static, implementation)
            setattr(made, name, owned)
        return made

    def _implementation(self, key: str, function: abi.ImportFunc) -> Function:
        def called(*arguments: object) -> object:
            for argument in arguments:
                self._note(argument)
            self._say(f"{key}.{function.name}", *arguments)
            if self._random.random() < 0.03:
                raise HostError
            value = draw_value(self._random, function.result, self._handle)
            if isinstance(function.result, abi.Result):
                if isinstance(value, rt.Err):
                    raise value
                return cast("rt.Ok[object]", value).value
            return value

        return called

    def _note(self, value: object) -> None:
        """Give a handle a name by when it was seen first."""
        if isinstance(value, abi.Handle | HostThing) and id(value) not in self._names:
            self._made.append(value)
            self._names[id(value)] = f"handle {len(self._made)}"

    def _handle(self, ty: abi.Own | abi.Borrow) -> object:
        resource = ty.resource
        if isinstance(resource, abi.ImportedResource):
            known = [made for made in self._made if isinstance(made, HostThing)]
            if known and self._random.random() < 0.3:
                return self._random.choice(known)
            made = HostThing(len(self._made), self.log, self._methods)
            self._note(made)
            return made
        things = [made for made in self._made if isinstance(made, abi.Handle)]
        if not things:
            raise NoValue(str(ty))
        right = [made for made in things if isinstance(made, resource.cls)]
        return self._random.choice(right if right and self._random.random() < 0.9 else things)

    def _call(self, function: Exported) -> None:
        assert self._instance is not None
        head = f"{function.home}#{function.name}"
        try:
            arguments = [draw_value(self._random, ty, self._handle) for _, ty in function.params]
        except NoValue:
            self._say(head, "no handle to give")
            return
        try:
            made = function.bind(self._instance)(*arguments)
        except rt.Err as error:
            self._say(head, error)
        except Exception as error:  # noqa: BLE001 - whatever comes out is what is compared
            self._say(head, kind_of(error))
            if not isinstance(error, TypeError | ValueError):
                self._close()  # a trap spends the store on one engine and the instance on the other
        else:
            for value in _things(made):
                self._note(value)
            self._say(head, made)

    def _say(self, head: str, *values: object) -> None:
        texts = [value if isinstance(value, _Word) else show(value, self._names) for value in values]
        self.log.append(f"{head}: {', '.join(texts)}"[:LONGEST])

    def _close(self) -> None:
        for made in self._made:
            if isinstance(made, abi.Handle):
                with suppress(Exception):
                    made.__exit__(None, None, None)
        self._made.clear()
        store, self._store, self._instance = self._store, None, None
        if store is not None:
            with suppress(Exception):
                store.close()


class _Word(str):
    """Something to say that is no value."""

    __slots__ = ()


def kind_of(error: BaseException) -> str:
    """What is compared of an error: its class, and of a trap its kind."""
    if isinstance(error, rt.Trap):
        return _Word(f"Trap {KINDS.get(error.kind, error.kind)}")
    return _Word(type(error).__name__)


def _things(value: object) -> Iterator[object]:
    """The handles in a value, as far as they lie open."""
    if isinstance(value, abi.Handle | HostThing):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:  # pyright: ignore[reportUnknownVariableType]
            yield from _things(item)  # pyright: ignore[reportUnknownArgumentType]


def run(engine: rt.Engine, data: bytes, abi_name: Abi, seed: int, world: Planned | None = None) -> list[str]:
    """What comes out of a component, line by line; the first line says whether it could be prepared.

    Args:
        engine: one that counts fuel.
        data: the component, or what was made of one.
        abi_name: who does the Canonical ABI.
        seed: decides which calls are made, with which values.
        world: what it exports and imports, where that is not to be read from it.
    """
    try:
        found = world or planned(make_plan(data)[0])
    except (BinaryError, TypeError, ValueError):  # two cases of one name, say, which make no Python class
        found = Planned(abi.WorldType("test:both/both", "0.1.0"))
    except CannotRun as error:
        return [f"cannot be described: {error}"]
    try:
        prepared = abi.Prepared(engine, data, found.world, abi=abi_name)
    except Exception as error:  # noqa: BLE001 - whatever comes out is what is compared
        return [f"prepare: {kind_of(error)}{_reason(error)}"]
    made = _Run(engine, prepared, found, seed)
    made.run()
    return ["prepared", *made.log]


def _reason(error: Exception) -> str:
    """What an engine does not carry is told apart from what is wrong."""
    return f" {NOT_CARRIED}" if isinstance(error, rt.UnsupportedTypeError) and "abi='witgen'" in str(error) else ""


__all__ = ["NOT_CARRIED", "Abi", "run"]
