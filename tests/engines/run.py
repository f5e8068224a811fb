"""Runs a component on one engine: what comes out of its calls, as lines of text that both engines must agree on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from random import Random
from types import SimpleNamespace
from typing import Literal, cast

import witgen.runtime as rt
from tests.component.wast.values import CannotRun
from tests.engines.drawn import NoValue, draw_value, show
from tests.engines.planned import Exported, Planned, Thing, Wanted, planned
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


class HostThing:
    """A resource of the host's."""

    def __init__(self, number: int, log: list[str]) -> None:
        self._number = number
        self._log = log

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
        host: dict[str, object] = {}
        for interface in self._world.world.imports:
            host[interface.key] = SimpleNamespace()
        for wanted in self._world.wanted:
            function = self._implementation(wanted)
            if wanted.attribute:
                setattr(host[wanted.key], wanted.attribute, function)
            else:
                host[wanted.key] = function
        try:
            self._instance = self._prepared.instantiate(
                self._store, host, rt.Limits(fuel=FUEL, memory_size=MEMORY, table_elements=TABLE)
            )
        except Exception as error:  # noqa: BLE001 - whatever comes out is what is compared
            self._say("instantiate", kind_of(error))
            return False
        return True

    def _implementation(self, wanted: Wanted) -> Callable[..., object]:
        def called(*arguments: object) -> object:
            for argument in arguments:
                self._note(argument)
            self._say(f"{wanted.key}.{wanted.attribute}", *arguments)
            if self._random.random() < 0.03:
                raise HostError
            value = draw_value(self._random, wanted.result, self._handle)
            if isinstance(wanted.result, abi.Result):
                if isinstance(value, rt.Err):
                    raise value
                return cast("rt.Ok[object]", value).value
            return value

        return called

    def _note(self, value: object) -> None:
        """Give a handle a name by when it was seen first."""
        if isinstance(value, Thing | HostThing) and id(value) not in self._names:
            self._made.append(value)
            self._names[id(value)] = f"handle {len(self._made)}"

    def _handle(self, ty: abi.Own | abi.Borrow) -> object:
        resource = ty.resource
        if isinstance(resource, abi.ImportedResource):
            known = [made for made in self._made if isinstance(made, HostThing)]
            if known and self._random.random() < 0.3:
                return self._random.choice(known)
            made = HostThing(len(self._made), self.log)
            self._note(made)
            return made
        things = [made for made in self._made if isinstance(made, Thing)]
        if not things:
            raise NoValue(str(ty))
        return self._random.choice(things)

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
            if isinstance(made, Thing):
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
    if isinstance(value, Thing | HostThing):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:  # pyright: ignore[reportUnknownVariableType]
            yield from _things(item)  # pyright: ignore[reportUnknownArgumentType]


def run(engine: rt.Engine, data: bytes, abi_name: Abi, seed: int) -> list[str]:
    """What comes out of a component, line by line; the first line says whether it could be prepared.

    Args:
        engine: one that counts fuel.
        data: the component, or what was made of one.
        abi_name: who does the Canonical ABI.
        seed: decides which calls are made, with which values.
    """
    try:
        plan, _ = make_plan(data)
        world = planned(plan)
    except BinaryError:
        world = Planned(abi.WorldType("test:both/both", "0.1.0"))
    except CannotRun as error:
        return [f"cannot be described: {error}"]
    try:
        prepared = abi.Prepared(engine, data, world.world, abi=abi_name)
    except Exception as error:  # noqa: BLE001 - whatever comes out is what is compared
        return [f"prepare: {kind_of(error)}{_reason(error)}"]
    made = _Run(engine, prepared, world, seed)
    made.run()
    return ["prepared", *made.log]


def _reason(error: Exception) -> str:
    """What an engine does not carry is told apart from what is wrong."""
    return f" {NOT_CARRIED}" if isinstance(error, rt.UnsupportedTypeError) and "abi='witgen'" in str(error) else ""


__all__ = ["NOT_CARRIED", "Abi", "run"]
