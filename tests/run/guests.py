"""The guests of the run-it tests, by name: laid out and built with componentize-py as their own tests build them.

`build` keeps what it made, so a component that another test has built is not built again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tests.checkout import ROOT, TESTS
from tests.run import test_agreement, test_executor, test_server
from tests.run.building import build, wit_folder
from witgen.api import GuestOptions, Request, Side, generate


@dataclass(frozen=True)
class Guest:
    """A guest, named as its world.

    `packages`: those in its `deps/`; None for a world of the project's own `wit/`. `kept`: its generated package is a golden
    one.
    """

    packages: tuple[str, ...] | None = ()
    app: str = "app"
    options: GuestOptions = field(default_factory=GuestOptions)
    kept: bool = False


GUESTS = {
    "library": Guest(("clocks", "io"), "handler", kept=True),
    "proxy": Guest(None, kept=True),
    "agree": Guest(options=GuestOptions(world_module=test_agreement.WORLD_MODULE)),
    "pipes": Guest(),
    "server": Guest(test_server.PACKAGES, options=test_server.GUEST),
    "executor": Guest(test_executor.PACKAGES, options=test_executor.GUEST),
}


@dataclass(frozen=True)
class Built:
    """A component, and the WIT and the world that it was built for."""

    component: Path
    wit: Path
    world: str


def build_guest(name: str, folder: Path, *, stub_wasi: bool = False) -> Built:
    """Build a guest, with `folder` for what has to be laid out.

    Args:
        stub_wasi: whether componentize-py puts stubs that trap in the place of all WASI, the world's own included.
    """
    guest, case = GUESTS[name], TESTS / "run" / name
    wit = ROOT / "wit" if guest.packages is None else wit_folder(case / "wit", guest.packages, folder / "wit")
    package = TESTS / "generated" / name / "guest"
    if not guest.kept:
        generate(Request(str(wit), (name,), folder, Side.GUEST, guest=guest.options))
        package = folder / "guest"
    own_options = ("--stub-wasi",) if stub_wasi else ()
    component = build(wit, name, guest.app, case / "guest", package, guest.options.words(), own_options)
    return Built(component, wit, name)
