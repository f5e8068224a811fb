"""The quick way: a generation that turns out to be up to date, recognised before click is imported.

Importing click takes longer than finding out that there is nothing to do. So the plain spellings of the default
command's line are read here; whatever is not plain, or not up to date, or goes wrong, is left to the commands, which
start from the beginning. `tests/cli/test_quick.py` holds what is read here to what click reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from .. import api
from ..compiler.bindings.guest_options import read_names
from ..compiler.diagnostics import WitError
from ..dataclass import dataclass
from . import results
from .commands import COMMANDS, RESERVED
from .status import OK

_VALUES = ("--world", "--out", "--side", "--features", "--guest-layout", "--world-module")
_LISTS = ("--import-interface-name", "--export-interface-name")
_FLAGS = ("--all-features", "--check", "--verify", "--force", "--full-names")


@dataclass(frozen=True, slots=True)
class Line:
    """A command line of the default command, read."""

    request: api.Request
    check: bool
    verify: bool
    force: bool


def run(words: list[str]) -> int | None:
    """The exit code of an up-to-date run, which has then been reported; None if the commands must see to it."""
    line = read(words)
    if line is None:
        return None
    try:
        done = api.up_to_date(line.request, verify=line.verify)
    except (WitError, OSError):
        return None
    if done is None:
        return None
    results.say_generated(done, line.request)
    return OK


def read(words: list[str]) -> Line | None:
    """Read the words of a command line; None unless each is plainly an option, its value, or the one path."""
    values: dict[str, str] = {}
    lists: dict[str, list[str]] = {name: [] for name in _LISTS}
    flags: set[str] = set()
    paths: list[str] = []
    waiting = iter(words)
    for word in waiting:
        name, equals, value = word.partition("=")
        if name in _VALUES or name in _LISTS:
            if not equals:
                value = next(waiting, "-")
            if name in values or not value or value.startswith("-"):
                return None
            if name in _LISTS:
                lists[name].append(value)
            else:
                values[name] = value
        elif word in _FLAGS:
            flags.add(word)
        elif word.startswith("-"):
            return None
        else:
            paths.append(word)
    if len(paths) != 1 or words[0] in COMMANDS or words[0] in RESERVED:
        return None
    try:
        guest = read_guest(
            values.get("--guest-layout", api.GuestLayout.WIT_WORLD.value),
            values.get("--world-module", api.GuestOptions().world_module),
            "--full-names" in flags,
            *(lists[name] for name in _LISTS),
        )
    except ValueError:
        return None
    return _line(paths[0], values, flags, guest)


def _line(wit: str, values: dict[str, str], flags: set[str], guest: api.GuestOptions) -> Line | None:
    side = values.get("--side", api.Side.BOTH.value)
    features = split_features([values.get("--features", "")])
    if side not in {known.value for known in api.Side} or (features and "--all-features" in flags):
        return None
    if (side == api.Side.GUEST.value and "--verify" in flags) or (side == api.Side.HOST.value and guest.words()):
        return None
    request = api.Request(
        wit,
        (values["--world"],) if "--world" in values else (),
        Path(values.get("--out", api.DEFAULT_OUT)),
        api.Side(side),
        features,
        "--all-features" in flags,
        guest,
    )
    return Line(request, "--check" in flags, "--verify" in flags, "--force" in flags)


def split_features(values: Iterable[str]) -> tuple[str, ...]:
    """The names in the values of `--features`."""
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def read_guest(
    layout: str, world_module: str, full_names: bool, import_names: Iterable[str], export_names: Iterable[str]
) -> api.GuestOptions:
    """The options of the guest package from the words of a command line.

    Raises:
        ValueError: a word is not what its option takes.
    """
    return api.GuestOptions(
        world_module, full_names, read_names(import_names), read_names(export_names), api.GuestLayout(layout)
    )
