"""The siblings of the world's package: modules that componentize-py ships too, and uses from here where it finds them.

They are templates of their own, the same for every world except for `poll_loop`: that one is written only for worlds that
import what it needs, and uses the names that these modules have in the world.
"""

from __future__ import annotations

from ....component.items import InterfaceKey
from ...emit.pymodel import PySupport
from ..imports import Imports
from .annotations import TYPES
from .layout import Layout

_ASYNC = "componentize_py_async_support"
_ASYNC_SIBLINGS = (
    f"{_ASYNC}/__init__.py",
    f"{_ASYNC}/futures.py",
    f"{_ASYNC}/streams.py",
    "componentize_py_runtime.py",
)
_SIBLINGS = ("componentize_py_types.py",)
_LOOP = {"poll": "wasi:io/poll", "monotonic_clock": "wasi:clocks/monotonic-clock"}
_HTTP = {"streams": "wasi:io/streams", "types": "wasi:http/types", "outgoing_handler": "wasi:http/outgoing-handler"}


def plan_support(layout: Layout, *, is_async: bool) -> tuple[PySupport, ...]:
    """The sibling modules of one world; those of async functions, streams and futures only where it `is_async`."""
    folder = layout.options.world_module.replace(".", "/")
    siblings = (*_ASYNC_SIBLINGS, *_SIBLINGS) if is_async else _SIBLINGS
    return (
        *(PySupport(path, f"guest/{path}.j2") for path in siblings),
        *_plan_poll_loop(layout),
        *(
            PySupport(f"{package}/py.typed", "python/py.typed.j2")
            for package in (folder, *([_ASYNC] if is_async else []))
        ),
    )


def _plan_poll_loop(layout: Layout) -> tuple[PySupport, ...]:
    """The event loop, with helpers for HTTP if the world sends requests; nothing without pollables and a clock."""
    available = _wasi_0_2(layout)
    if not _LOOP.keys() <= available.keys():
        return ()
    with_http = _HTTP.keys() <= available.keys()
    imports = Imports()
    imports.name("__future__", "annotations")
    imports.module("asyncio")
    imports.module("math")
    if with_http:
        imports.name(TYPES, "Err")
        imports.name(TYPES, "Ok")
    package = f"{layout.options.world_module}.imports"
    values = {role: imports.name(package, available[role]) for role in (*_LOOP, *(_HTTP if with_http else ()))}
    template = "guest/poll_loop_http.py.j2" if with_http else "guest/poll_loop.py.j2"
    return (PySupport("poll_loop.py", template, values, imports.blocks()),)


def _wasi_0_2(layout: Layout) -> dict[str, str]:
    """The modules of the interfaces that the loop can use, by the role they play in it; the last version of each."""
    roles = {name: role for role, name in (*_LOOP.items(), *_HTTP.items())}
    found: dict[str, str] = {}
    for bound in layout.imports:
        if not isinstance(bound.key, InterfaceKey):
            continue
        package = bound.interface.package.name
        role = roles.get(f"{package.namespace}:{package.name}/{bound.interface.name}")
        version = package.version
        if role is not None and version is not None and (version.major, version.minor, version.pre) == (0, 2, ""):
            found[role] = bound.home.module
    return found


__all__ = ["plan_support"]
