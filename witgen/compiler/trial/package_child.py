"""The process that `verify` starts: a request on standard input, what happens as JSON lines on standard output.

It is where a user's program would: the package is imported from its folder, the engine is one of
`witgen.runtime.engine`, and the world's class prepares and instantiates. Where wasmtime supplies some of the imports
natively, that is tried first with those left out, then everything is given. What is given has the members that the
interfaces ask for, and no code: no function is ever called. Binding the exports looks inside the package,
at its link classes, because looking up every function and calling none is the point.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import re
import sys
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Protocol, TextIO, TypedDict, TypeGuard, TypeVar, cast

from wasmtime import WasmtimeError
from wasmtime.component import Component, ComponentInstanceType, FuncType

from ... import runtime
from ...component.linker_names import is_native, is_native_http
from ...runtime import BindError, Engine, EngineError, Store, UnsupportedTypeError, WitgenError
from ...runtime.generated import ExportFunc, ImportFunc, ImportInterface, Instance, Link, Prepared, WorldType

T = TypeVar("T")

PACKAGE = "witgen_verified"
"""The name under which the package is imported: nobody else's."""

_Request = TypedDict("_Request", {"package": str, "stub": str, "world": str, "class": str, "async": bool})
"""What `trial.verify` asks: the package's folder, the text of the stub, the world's id and class ("" for the only one), and
whether that needs async."""


class EventWriter:
    """Writes events, each at once, so that a crash loses none."""

    def __init__(self, output: TextIO) -> None:
        self._output = output

    def write(self, **event: object) -> None:
        """Write one event."""
        self._output.write(json.dumps(event) + "\n")
        self._output.flush()

    def step(self, name: str) -> None:
        """What follows belongs to the step `name`."""
        self.write(step=name)

    def counts(self, imports: int, exports: int) -> None:
        """The last event: how many functions were imported and exported."""
        self.write(imports=imports, exports=exports)

    def problem(self, message: str) -> None:
        """Something is wrong with the package."""
        self.write(problem=message)

    def failure(self, what: str, error: Exception) -> None:
        """An exception: what wasmtime cannot carry is a limit, anything else a problem."""
        if isinstance(error, UnsupportedTypeError | EngineError):
            self.write(limit=f"{what}{error}")
        elif (lacking := _lacking(str(error))) and isinstance(error, BindError):
            self.write(limit=f"{what}{lacking}")
        elif isinstance(error, WitgenError | WasmtimeError):
            self.problem(f"{what}{type(error).__name__}: {error}")
        else:
            self.problem(what + _in_words(error))


_LACKING = re.compile(
    r"imports instance `(?P<interface>[^`]+)`.*instance export `(?P<function>[^`]+)` has the wrong type"
    r".*function implementation is missing",
    re.DOTALL,
)


def _lacking(message: str) -> str:
    """What wasmtime's own WASI lacks, where that is why a component does not link; "" where it is not."""
    found = _LACKING.search(message)
    if found is None or not (is_native(found["interface"]) or is_native_http(found["interface"])):
        return ""
    return (
        f"wasmtime {version('wasmtime')} does not supply `{found['function']}` of `{found['interface']}`: implement the"
        " interface in Python and pass it, or leave the function out (its feature, if it is behind one)"
    )


def _in_words(error: Exception) -> str:
    """An exception and where it was raised, on one line; a traceback is not a message."""
    said = " ".join("".join(traceback.format_exception_only(error)).split())
    frames = traceback.extract_tb(error.__traceback__)
    return f"{said} ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else said


def attempt(events: EventWriter, what: str, action: Callable[[], T]) -> T | None:
    """Do something that may fail in any way; a failure is reported, after `what`."""
    try:
        return action()
    except Exception as error:  # noqa: BLE001 - whatever a package does wrong is a finding
        events.failure(what, error)
        return None


class _Prepared(Protocol):
    def instantiate(self, store: Store, /, **given: object) -> object: ...


class _World(Protocol):
    def prepare(self, engine: Engine, component: Component, /) -> _Prepared: ...


class Package:
    """The generated package, imported whole."""

    def __init__(self, folder: Path, world: str = "", cls: str = "") -> None:
        """`world` is the id of the world to verify and `cls` its class; "" where there is just one.

        Raises:
            LookupError: the package has no such world, or several.
            Exception: whatever importing the package raises.
        """
        spec = importlib.util.spec_from_file_location(
            PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        if spec is None or spec.loader is None:
            raise LookupError(f"{folder} is not a package")
        root = sys.modules[PACKAGE] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(root)
        self._modules = [root, *(importlib.import_module(name) for name in _submodules(folder))]
        tables = self._members(lambda value: isinstance(value, WorldType) and world in ("", value.id))
        world_type = _only("table of a world", tables)
        assert isinstance(world_type, WorldType)
        self.world_type = world_type
        classes = self._members(lambda value: _is_world(value) and cls in ("", value.__name__))
        self._world = cast("_World", _only("class of a world", classes))
        self._links = cast("list[type[Link]]", self._members(_is_link))
        self._is_shared = len(self._members(lambda value: isinstance(value, WorldType))) > 1

    def prepare(self, engine: Engine, component: Component) -> _Prepared:
        """Call `prepare` of the world's class.

        Raises:
            Exception: whatever it raises.
        """
        return self._world.prepare(engine, component)

    def functions(self) -> list[tuple[type[Link], str, ExportFunc[..., object]]]:
        """Every exported function: the link class it is in, the attribute there, and what it is."""
        return [
            (cls, attribute, function)
            for cls in self._links
            for attribute, function in cast("Mapping[str, object]", vars(cls)).items()
            if isinstance(function, ExportFunc)
        ]

    def links(self, instance: Instance) -> list[type[Link]]:
        """The link classes of the world: all there are, or of several worlds those that this one asked for."""
        return [type(link) for link in instance.links()] if self._is_shared else self._links

    def _members(self, wanted: Callable[[object], bool]) -> list[object]:
        """What the modules hold of a kind, each once."""
        found: list[object] = []
        for module in self._modules:
            for value in cast("Mapping[str, object]", vars(module)).values():
                if wanted(value) and not any(value is other for other in found):
                    found.append(value)
        return found


def prepared_of(pre: object) -> Prepared:
    """The runtime's checked component in a prepared world."""
    prepared: object = getattr(pre, "_prepared", None)
    assert isinstance(prepared, Prepared), pre
    return prepared


def instance_of(app: object) -> Instance:
    """The runtime's instance in an instantiated world."""
    instance: object = getattr(app, "_instance", None)
    assert isinstance(instance, Instance), app
    return instance


def _submodules(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        if parts:
            yield ".".join((PACKAGE, *parts))


def _is_world(value: object) -> TypeGuard[type]:
    """Whether it has the world's two static methods; other classes may have methods of these names."""
    return isinstance(value, type) and all(
        isinstance(vars(value).get(n), staticmethod) for n in ("prepare", "instantiate")
    )


def _is_link(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Link) and value is not Link


def _only(what: str, found: list[object]) -> object:
    if len(found) != 1:
        raise LookupError(f"expected one {what} in the package, found {len(found)}")
    return found[0]


# What is given for the imports ----------------------------------------------------------------------------------------


class Called(Exception):
    """A stand-in was called, which has no code; the argument says which."""


def _never(what: str) -> Callable[..., None]:
    """A function that fails when it is called."""

    def never(*arguments: object) -> None:
        raise Called(what)

    return never


def stand_in(interface: ImportInterface) -> object:
    """An implementation with the members that the interface asks for; calling any of them raises Called.

    For a function of the world it is a function, for a resource of the world a class.
    """
    if not interface.id:
        return _class("", interface.functions) if interface.resources else _never(interface.functions[0].name)
    members: dict[str, object] = {
        f.path: _never(f"{interface.id}, {f.name}") for f in interface.functions if not _resource(f)
    }
    for resource in {_resource(f): None for f in interface.functions if _resource(f)}:
        own = [f for f in interface.functions if _resource(f) == resource]
        for name in {f.path.partition(".")[0] for f in own} - {""}:
            members[name] = _class(f"{interface.id}, ", own)
    return type("StandIn", (), members)()


def _resource(function: ImportFunc) -> str:
    """The resource that a function belongs to, "" if to none."""
    return function.name.partition("]")[2].partition(".")[0]


def _class(owner: str, functions: Iterable[ImportFunc]) -> type:
    """The class of a resource with these functions."""
    members: dict[str, object] = {}
    for function in functions:
        name, never = function.path.rpartition(".")[2], _never(f"{owner}{function.name}")
        if function.name.startswith("[constructor]"):
            members["__init__"] = never
        elif function.name.startswith("[static]"):
            members[name] = staticmethod(never)
        else:
            members[name] = never
    return type("StandIn", (), members)


# The steps ------------------------------------------------------------------------------------------------------------


def verify(
    events: EventWriter, folder: Path, stub: str, world: str = "", cls: str = "", *, is_async: bool = False
) -> tuple[int, int]:
    """Run the steps. Returns the number of imported functions linked and of exported functions bound."""
    events.step("import")
    package = attempt(events, "", lambda: Package(folder, world, cls))
    if package is None:
        return 0, 0

    events.step("assemble")
    engine = runtime.engine(component_async=is_async)
    try:
        component = Component(engine, stub)
    except WasmtimeError as error:
        _refused(events, str(error))
        return 0, 0

    events.step("prepare")
    prepared = attempt(events, "", lambda: package.prepare(engine, component))
    if prepared is None:
        return 0, 0

    bound = linked = 0
    for way, given in _ways(package.world_type):
        events.step("instantiate")
        app = attempt(events, f"{way}: ", partial(prepared.instantiate, Store(engine), **given))
        if app is None:
            continue
        linked = sum(len(interface.functions) for interface in package.world_type.imports)
        events.step("bind")
        instance = instance_of(app)
        bound = _bind(events, package.links(instance), instance, _exports(component, engine))
    return linked, bound


def _refused(events: EventWriter, message: str) -> None:
    if " --> " in message:
        events.problem(f"the text of the stub component is malformed, which is a bug in witgen: {message}")
        return
    reason = message.strip().splitlines()[-1].strip()
    events.write(limit=f"wasmtime {version('wasmtime')} cannot compile a component of this world: {reason}")


def _ways(world: WorldType) -> Iterator[tuple[str, dict[str, object]]]:
    """What to pass to `instantiate`: first nothing for what wasmtime supplies, then something for every import."""
    own = {i.key: stand_in(i) for i in world.imports if not (i.native or i.http)}
    every = {i.key: stand_in(i) for i in world.imports}
    if len(own) < len(every):
        options: dict[str, object] = {"http": True} if any(i.http for i in world.imports) else {}
        yield "with wasmtime's own WASI", own | options
    yield "with an implementation of every import", every


def _bind(events: EventWriter, links: list[type[Link]], instance: Instance, exports: set[tuple[str, str]]) -> int:
    bound: set[tuple[str, str]] = set()
    for cls in links:
        link = instance.link(cls)
        for attribute, function in cast("Mapping[str, object]", vars(cls)).items():
            if isinstance(function, ExportFunc):
                bound.add((function.interface, function.name))
                attempt(events, "", partial(getattr, link, attribute))
    for interface, name in sorted(exports - bound):
        where = f" of {interface}" if interface else ""
        events.problem(f"the package does not bind the export {name}{where}")
    return len(bound)


def _exports(component: Component, engine: Engine) -> set[tuple[str, str]]:
    """Every function that the stub exports: interface ("" for the world's own) and name."""
    found: set[tuple[str, str]] = set()
    for name, extern in component.type.exports(engine).items():
        item = extern.ty
        if isinstance(item, FuncType):
            found.add(("", name))
        elif isinstance(item, ComponentInstanceType):
            for inner, inner_extern in item.exports(engine).items():
                try:
                    is_function = isinstance(inner_extern.ty, FuncType)
                except TypeError:  # a type that wasmtime-py has no class for, a map
                    is_function = False
                if is_function:
                    found.add((name, inner))
    return found


@contextmanager
def writing_events() -> Generator[EventWriter, None, None]:
    """Write events to what was standard output; what else the process prints must not be taken for one."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as output:
        os.dup2(2, 1)
        yield EventWriter(output)


def main() -> None:
    """Verify what the request asks for, and report."""
    with writing_events() as events:
        request = cast("_Request", json.load(sys.stdin))
        found = verify(
            events,
            Path(request["package"]),
            request["stub"],
            request["world"],
            request["class"],
            is_async=request["async"],
        )
        events.counts(*found)


if __name__ == "__main__":
    main()
