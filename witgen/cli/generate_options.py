"""The options of the default command as data, and the request that given options make.

This is the one authority for them. `generate` makes click's options of the table, for everything that click is good at:
help, abbreviations, errors. `quick` reads a plain command line by the same table without importing click, which costs a
quarter of an up-to-date run: 62 ms of CPU against 82 ms, the least of 20 runs in turn on a quiet machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from pathlib import Path

from .. import api
from ..compiler.bindings.guest_options import read_names
from ..dataclass import dataclass, field


class Takes(Enum):
    """What follows an option on a command line."""

    NOTHING = "nothing"
    VALUE = "a value; of several, the last counts"
    VALUES = "a value each time that it is given"


@dataclass(frozen=True, slots=True)
class Option:
    """One option, with what its help says."""

    name: str
    takes: Takes
    help: str
    metavar: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """The options that a command line gives, by their names; `values` and `lists` hold what follows them."""

    wit: str
    flags: frozenset[str] = frozenset()
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])


@dataclass(frozen=True, slots=True)
class Line:
    """What a command line of the default command asks for."""

    request: api.Request
    check: bool
    verify: bool
    force: bool


WORLD = Option(
    "--world", Takes.VALUES, "The world: `name`, or `ns:pkg/name[@version]`. May be repeated, with --side host.", "W"
)
OUT = Option("--out", Takes.VALUE, "Where host/ and guest/ are written.", "DIR", api.DEFAULT_OUT)
SIDE = Option(
    "--side",
    Takes.VALUE,
    "Which packages to write.",
    default=api.Side.BOTH.value,
    choices=tuple(side.value for side in api.Side),
)
FEATURES = Option("--features", Takes.VALUES, "Keep items behind `@unstable` of these features.", "A,B")
ALL_FEATURES = Option("--all-features", Takes.NOTHING, "Keep every item behind `@unstable`.")
GUEST_LAYOUT = Option(
    "--guest-layout",
    Takes.VALUE,
    "How the modules of the guest package are laid out.",
    default=api.GuestLayout.WIT_WORLD.value,
    choices=tuple(layout.value for layout in api.GuestLayout),
)
WORLD_MODULE = Option(
    "--world-module",
    Takes.VALUE,
    "The guest's module for the world; `a.b` is written to a/b/.",
    "MODULE",
    api.GuestOptions().world_module,
)
FULL_NAMES = Option("--full-names", Takes.NOTHING, "Guest modules carry package and version in their names.")
IMPORT_NAME = Option(
    "--import-interface-name",
    Takes.VALUES,
    "A name for an imported interface in the guest: `ns:pkg/i@1.0.0=name`. May be repeated.",
    "ID=NAME",
)
EXPORT_NAME = Option(
    "--export-interface-name",
    Takes.VALUES,
    "The same for an exported interface: its module, and the class that implements it.",
    "ID=NAME",
)
CHECK = Option("--check", Takes.NOTHING, "Write nothing; print differences and exit 1 if there are any.")
VERIFY = Option("--verify", Takes.NOTHING, "Link the host package with a stub component of the world on wasmtime.")
FORCE = Option("--force", Takes.NOTHING, "Overwrite files that witgen did not write for this world.")

OPTIONS = (
    *(WORLD, OUT, SIDE, FEATURES, ALL_FEATURES),
    *(GUEST_LAYOUT, WORLD_MODULE, FULL_NAMES, IMPORT_NAME, EXPORT_NAME),
    *(CHECK, VERIFY, FORCE),
)
"""Every option of the default command but those that click acts on itself: --error-format, --help and --version."""


def line_of(given: Given) -> Line:
    """What the given options ask for together.

    Raises:
        ValueError: an option does not take this value, or two cannot be used together; the message says so.
    """
    out, side = given.values.get(OUT.name, OUT.default), given.values.get(SIDE.name, SIDE.default)
    verify, all_features = VERIFY.name in given.flags, ALL_FEATURES.name in given.flags
    features = chosen_features(given.lists.get(FEATURES.name, ()), all_features)
    if verify and side == api.Side.GUEST.value:
        raise ValueError("--verify checks the host package: it cannot be used with --side guest")
    guest = api.GuestOptions(
        given.values.get(WORLD_MODULE.name, WORLD_MODULE.default),
        FULL_NAMES.name in given.flags,
        read_names(given.lists.get(IMPORT_NAME.name, ())),
        read_names(given.lists.get(EXPORT_NAME.name, ())),
        api.GuestLayout(given.values.get(GUEST_LAYOUT.name, GUEST_LAYOUT.default)),
    )
    if side == api.Side.HOST.value and guest.words():
        raise ValueError(f"{guest.words()[0]} applies to the guest package: it cannot be used with --side host")
    if not out:
        raise ValueError("--out is empty; the current folder is `.`")
    worlds = tuple(given.lists.get(WORLD.name, ()))
    request = api.Request(given.wit, worlds, Path(out), api.Side(side), features, all_features, guest)
    return Line(request, CHECK.name in given.flags, verify, FORCE.name in given.flags)


def chosen_features(values: Iterable[str], all_features: bool) -> tuple[str, ...]:
    """The names in the values of `--features`.

    Raises:
        ValueError: all features are wanted as well.
    """
    features = tuple(name.strip() for value in values for name in value.split(",") if name.strip())
    if features and all_features:
        raise ValueError("--features and --all-features cannot be used together")
    return features


__all__ = [
    "ALL_FEATURES",
    "FEATURES",
    "OPTIONS",
    "Given",
    "Line",
    "Option",
    "Takes",
    "chosen_features",
    "line_of",
]
