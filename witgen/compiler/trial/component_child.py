"""The process that a trial starts (`trial`): the component's path and its world in, what happens as JSON lines out.

A component that has a host package is prepared by it, with stand-ins for its imports; another is given to wasmtime's
linker with functions and resources under the names that the world offers, since names are all that it looks at.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TypedDict, cast

from wasmtime import WasiConfig, WasmtimeError
from wasmtime.component import Component, ExportIndex, Linker, LinkerInstance

from ... import runtime
from ...component.binary import component_world, read_binary
from ...component.fit import compare
from ...component.fit.lookup import item_name
from ...component.fit.steps import Path as Steps
from ...component.items import FunctionItem, InterfaceItem, TypeItem, World
from ...component.linker_names import family, is_native, is_native_http
from ...component.words import path_text, side_texts
from ...runtime import (
    BindError,
    Engine,
    EngineError,
    Exit,
    Limits,
    Store,
    Ticker,
    Trap,
    UnsupportedTypeError,
)
from ...runtime._binding.reported import Unreported, reported_world
from ...runtime._stores.store import does_not_link, explain, first_line
from ...runtime._wasmtime import HostFunction, Signature, define_function, define_resource
from ...runtime.generated import WorldType
from .package_child import Called, EventWriter, Package, attempt, instance_of, prepared_of, stand_in, writing_events
from .stub import stub_component

_TICK = 0.1
"""Seconds between two looks at whether a component has run for long enough."""
_PATIENCE = 1.5
"""How many times as long it gets if it waits where a deadline does not reach it."""
_MEMORY = 1 << 30
"""Bytes that one of its memories may have."""
_WASI = "wasmtime's own WASI"
_UNFINISHED = re.compile(r"not (yet )?(implemented|supported)")
"""How wasmtime calls what it has not got, where the component is right."""
_NUMBER = re.compile(r"^\d+: ")


class Request(TypedDict):
    """What `trial.try_component` asks for."""

    component: str
    package: str
    world: str
    offered: list[tuple[str, list[str], list[str]]]
    asked: list[tuple[str, list[str]]]
    unsupplied: list[tuple[str, str]]
    seconds: float


class ComponentTrial:
    """A component, what it is to fit, and who gets the report."""

    def __init__(self, events: EventWriter, request: Request) -> None:
        self._events = events
        self._request = request
        self._data = Path(request["component"]).read_bytes()
        self._read = component_world(read_binary(self._data))
        self._limits = Limits(epoch_deadline=int(request["seconds"] / _TICK), memory_size=_MEMORY)
        self._exports = 0

    def run(self) -> None:
        """Go through the steps."""
        self._events.step("compile")
        compiled = self._compile()
        if compiled is not None:
            engine, component = compiled
            self._events.step("report")
            self._compare_reports(component, engine)
            with Ticker(engine, _TICK):
                if not self._request["package"] or not self._through_package(engine, component):
                    self._by_linker(engine, component)
        self._end()

    def _end(self) -> None:
        """Tell the numbers: of functions that the component imports, and of those asked for that it exports."""
        self._events.counts(_count(self._read), self._exports)

    # Compiling and reporting

    def _compile(self) -> tuple[Engine, Component] | None:
        """Compile it. If wasmtime does not, nor compiles a stub with the same types, it is they that it cannot carry."""
        try:
            return _compiled(self._data)
        except WasmtimeError as error:
            reason = _reason(error)
        if _UNFINISHED.search(reason):
            self._events.write(limit=f"wasmtime {version('wasmtime')} does not compile it: {reason}")
            return None
        try:
            _compiled(stub_component(self._read))
        except WasmtimeError:
            self._events.write(
                limit=f"wasmtime {version('wasmtime')} compiles no component with these imports and exports: {reason}"
            )
        else:
            self._events.problem(reason)
        return None

    def _compare_reports(self, component: Component, engine: Engine) -> None:
        """Whether wasmtime reports what the binary reader read. What differs is a bug in one of the two."""
        try:
            reported = reported_world(component, engine)
        except Unreported as error:
            self._events.write(limit=str(error))
            return
        found: dict[Steps, tuple[str | None, str | None]] = {}
        for difference in compare(reported, self._read, strict=True).differences:
            found[difference.place] = side_texts(difference.reason, difference.place[-1])
        for difference in compare(self._read, reported, strict=True).differences:
            theirs, ours = side_texts(difference.reason, difference.place[-1])
            found.setdefault(difference.place, (ours, theirs))
        for place, (ours, theirs) in found.items():
            self._events.problem(
                f"{path_text(place, quoted=True)}: witgen reads {ours or 'nothing'} from the binary, wasmtime reports"
                f" {theirs or 'nothing'}; one of them is wrong: please report this to witgen, with the component"
            )

    # Through a host package

    def _through_package(self, engine: Engine, component: Component) -> bool:
        """Link as a user's program does; False if Python cannot carry the types, and all is left to the linker."""
        events = self._events
        events.step("import")
        package = attempt(events, "", lambda: Package(Path(self._request["package"]), self._request["world"]))
        if package is None:
            return True
        events.step("prepare")
        try:
            pre = package.prepare(engine, component)
        except (UnsupportedTypeError, EngineError) as error:
            events.failure("", error)
            return False
        except Exception as error:  # noqa: BLE001 - whatever it is, it is reported
            events.failure("", error)
            return True
        events.step("look-up")
        prepared = prepared_of(pre)
        functions = [
            entry
            for entry in package.functions()
            if attempt(events, "", partial(prepared.export, entry[2])) is not None
        ]
        self._exports = len({(function.interface, function.name) for _, _, function in functions})

        def link(given: dict[str, object]) -> None:
            app = pre.instantiate(Store(engine), limits=self._limits, http=True, **given)
            events.write(linked=True)
            events.step("bind")
            instance = instance_of(app)
            for cls, attribute, _ in functions:
                attempt(events, "", partial(getattr, instance.link(cls), attribute))

        self._start([partial(link, given) for given in _ways(package.world_type)])
        return True

    # By wasmtime's linker alone

    def _by_linker(self, engine: Engine, component: Component) -> None:
        """Link with what the world offers, by name, and look up what it asks for, by name."""
        self._events.step("look-up")
        self._find_exports(component)
        self._events.step("link")
        if lacking := self._lacking():
            if not self._request["package"]:  # which would have said so
                self._events.write(limit=f"{lacking}: wasmtime-py cannot supply an async function")
            return

        def link(every: bool) -> None:
            called: list[str] = []
            linker, store = Linker(engine), Store(engine)
            linker.allow_shadowing = True
            linker.add_wasip2()
            store.set_wasi(WasiConfig())
            if any(is_native_http(item_name(key)) for key in self._read.imports):
                linker.add_wasi_http()
                store.set_wasi_http()
            self._offer(linker, called, every)
            self._limits.set(store)
            try:
                linker.instantiate(store, component)
            except WasmtimeError as error:
                if called:
                    raise Called(called[0]) from None
                if does_not_link(error):
                    raise
                raise explain(error) from None
            self._events.write(linked=True)

        has_native = any(_is_native(name) for name, _, _ in self._request["offered"])
        self._start([partial(link, every) for every in (False, True)[: 1 + has_native]])

    def _lacking(self) -> str:
        """An async function that the component imports and the world offers; "" if there is none."""
        offered = {(family(interface), function) for interface, function in self._request["unsupplied"]}
        for key, item in self._read.imports.items():
            match item:
                case InterfaceItem(interface):
                    names = [(item_name(key), name) for name in interface.functions]
                case FunctionItem(function):
                    names = [("", function.name)]
                case TypeItem():
                    names = []
            for interface_name, name in names:
                if (family(interface_name), name) in offered:
                    return _full(interface_name, name)
        return ""

    def _offer(self, linker: Linker, called: list[str], every: bool) -> None:
        """Define what the world offers: `every` import, or those that wasmtime does not supply."""
        numbers = itertools.count(1)
        with linker.root() as root:
            for name, resources, functions in self._request["offered"]:
                if _is_native(name) and not every:
                    continue
                with _instance(root, name) as instance:
                    for resource in resources:
                        define_resource(instance, resource, next(numbers), lambda rep: None, lambda error: None)
                    for function in functions:
                        define_function(instance, function, _stand_in(_full(name, function), called))

    def _find_exports(self, component: Component) -> None:
        names = {item_name(key) for key in self._read.exports}
        families = {family(name): name for name in names}
        for interface, functions in self._request["asked"]:
            within: ExportIndex | None = None
            if interface:
                name = interface if interface in names else families.get(family(interface), interface)
                within = component.get_export_index(name)
                if within is None:
                    self._events.problem(f"there is no export {interface}")
                    continue
            for function in functions:
                if component.get_export_index(function, within) is None:
                    self._events.problem(f"there is no export {_full(interface, function)}")
                else:
                    self._exports += 1

    # Starting

    def _start(self, ways: Sequence[Callable[[], None]]) -> None:
        """Instantiate in the first of the ways that links: with wasmtime's own WASI, with stand-ins in its place."""
        refusals: list[WasmtimeError | BindError] = []
        for way in ways:
            self._events.step("instantiate")
            refusal = self._refusal(way)
            if refusal is None:
                for before in refusals:
                    said = f"it links with an implementation of all that the world offers, but not with {_WASI}"
                    self._events.write(note=f"{said}: {_reason(before)}")
                return
            refusals.append(refusal)
        self._not_linked(refusals[0])

    def _refusal(self, way: Callable[[], None]) -> WasmtimeError | BindError | None:
        """Why it does not link; what its own code does when it is started comes after that, and is reported."""
        seconds = self._request["seconds"]
        timer = threading.Timer(seconds * _PATIENCE, self._give_up)
        timer.daemon = True
        timer.start()
        try:
            way()
        except Called as error:
            self._started(f"it calls {error}, and imports have no implementation here")
        except Exit as error:
            self._started(f"it exits with code {error.code}")
        except Trap as error:
            if error.kind == "epoch":
                self._started(f"it had not ended after {seconds:.0f} seconds, and was stopped")
            else:
                self._started(f"it traps: {first_line(error)}")
        except (WasmtimeError, BindError) as error:
            return error
        except Exception as error:  # noqa: BLE001 - whatever it is, it is reported
            self._events.failure("", error)
        finally:
            timer.cancel()
        return None

    def _not_linked(self, error: WasmtimeError | BindError) -> None:
        if "exceeds memory limits" in str(error):
            reported = f"its initial memory exceeds the {_MEMORY >> 20} MiB that a trial allows"
            self._events.write(limit=reported)
        elif isinstance(error, UnsupportedTypeError | EngineError):
            self._events.failure("", error)
        else:
            self._events.step("link")
            self._events.problem(_reason(error))

    def _started(self, what: str) -> None:
        self._events.write(linked=True)
        self._events.write(note=f"the component runs code when it is instantiated: {what}")

    def _give_up(self) -> None:
        """End the process of a component that waits where no deadline reaches it."""
        self._started(f"it had not ended after {self._request['seconds'] * _PATIENCE:.0f} seconds, and was stopped")
        self._end()
        os._exit(0)


def _compiled(component: bytes | str) -> tuple[Engine, Component]:
    """Compile for an engine without async if that can be: it carries more.

    Raises:
        WasmtimeError: neither engine can compile it.
    """
    try:
        engine = runtime.engine(epoch_interruption=True)
        return engine, Component(engine, component)
    except WasmtimeError:
        engine = runtime.engine(epoch_interruption=True, component_async=True)
        return engine, Component(engine, component)


def _count(world: World) -> int:
    """How many functions a component of that world imports."""
    count = 0
    for item in world.imports.values():
        match item:
            case InterfaceItem(interface):
                count += len(interface.functions)
            case FunctionItem():
                count += 1
            case TypeItem():
                pass
    return count


@contextmanager
def _instance(root: LinkerInstance, name: str) -> Generator[LinkerInstance, None, None]:
    """Where an interface is defined; for "" the root itself."""
    if not name:
        yield root
        return
    with root.add_instance(name) as instance:
        yield instance


def _stand_in(what: str, called: list[str]) -> HostFunction:
    """A function of the host that fails when it is called, and is then among the `called`; it looks at no argument."""

    def run(arguments: list[object]) -> object:
        called.append(what)
        raise Called(what)

    return HostFunction(Signature([], None), run, lambda error: None)


def _full(interface: str, function: str) -> str:
    return f"{interface}, {function}" if interface else function


def _ways(world: WorldType) -> Iterator[dict[str, object]]:
    """What to give for the imports: nothing for what wasmtime supplies, then something for each."""
    every = {i.key: stand_in(i) for i in world.imports}
    own = {i.key: every[i.key] for i in world.imports if not (i.native or i.http)}
    yield own
    if len(own) < len(every):
        yield every


def _is_native(name: str) -> bool:
    return is_native(name) or is_native_http(name)


def _reason(error: WasmtimeError | BindError) -> str:
    """Why, on one line: wasmtime has a line for each cause, perhaps with a number."""
    lines = (_NUMBER.sub("", line.strip()) for line in str(error).splitlines())
    return ": ".join(line.removesuffix(":") for line in lines if line and line != "Caused by:")


def main() -> None:
    """Try what the request asks for, and report."""
    with writing_events() as events:
        ComponentTrial(events, cast("Request", json.load(sys.stdin))).run()


if __name__ == "__main__":
    main()
