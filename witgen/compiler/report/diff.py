"""What changed between two versions of an API, as text, as JSON, as diagnostics."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar

from ...component.binary import BinaryError, component_world
from ...component.fit.reasons import INTERFACE, WORLD
from ...component.items import Resolved, World
from ...component.semver import Version
from ...component.words import path_text, step_text
from ...dataclass import dataclass, replace
from ...text import counted
from ..changes import Added, Bump, Change, Kind, Party, Removed, Versions, diff_packages, diff_worlds
from ..diagnostics import Diagnostic, Diagnostics, Label, Severity, WitError, codes, in_order
from ..input.inputs import Inputs, find_inputs
from ..load.binaries import Refused, finding_of, read_file
from ..load.positions import NOWHERE, Positions
from ..load.resolution import resolution_of, select
from .changes import change_hint, change_phrase, change_sentence, old_and_new

_JSON_VERSION = 1
_In = TypeVar("_In")
_Out = TypeVar("_Out")
_REQUIRED = (
    "newly required: hosts must supply it before they can load a component built for the new side, and no version number"
    " shows it"
)
_REQUIRED_IN_ALL = (
    "newly required of hosts, before they can load a component built for the new side; no version shows it:"
)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two inputs: `path` as the user wrote it; without `resolved` it is a component, and `world` its own.

    `world` is None where the whole package is compared.
    """

    path: str
    world: World | None
    resolved: Resolved | None
    positions: Positions
    diagnostics: Diagnostics

    @property
    def version(self) -> Version | None:
        """The version of the package that is compared, or of the world's."""
        if self.world is not None:
            return self.world.package.name.version
        return None if self.resolved is None else self.resolved.root.name.version


@dataclass(frozen=True, slots=True)
class Diff:
    """What changed: those changes first that break one of `asked`."""

    old: Side
    new: Side
    asked: frozenset[Party]
    changes: tuple[Change, ...]
    versions: Versions

    @property
    def breaks(self) -> bool:
        """Whether any change breaks those that were asked for."""
        return any(change.breaks & self.asked for change in self.changes)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The warnings about the inputs; of a feature only where no side knows it, and then as the new one has it."""
        sides = [self.new] if self.old.diagnostics is self.new.diagnostics else [self.old, self.new]
        gated = [_unknown_features(side) for side in sides if side.resolved is not None]
        known = {message for found in gated for message in found if not all(message in other for other in gated)}
        told = {message: finding for found in gated for message, finding in found.items() if message not in known}
        others = [it for side in sides for it in side.diagnostics.found if it.code is not codes.UNKNOWN_FEATURE]
        return in_order([*others, *told.values()])

    def breaking(self, party: Party) -> int:
        """How many changes break one party."""
        return sum(party in change.breaks for change in self.changes)


def _unknown_features(side: Side) -> dict[str, Diagnostic]:
    return {finding.message: finding for finding in side.diagnostics.found if finding.code is codes.UNKNOWN_FEATURE}


def read_sides(
    old: str, new: str, world: str | None, features: tuple[str, ...], all_features: bool
) -> tuple[Side, Side]:
    """Load both inputs, each by itself, and choose a world of each if one is asked for or one side is a component.

    Raises:
        WitError: one of the inputs is at fault, or both.
    """
    left, right = _both(lambda path: _side(path, features, all_features), old, new)
    if world is not None or left.resolved is None or right.resolved is None:
        _refuse_world(world, left, right)
        left, right = _both(lambda found: _with_world(found, world), left, right)
    return left, right


def _side(path: str, features: tuple[str, ...], all_features: bool) -> Side:
    diagnostics = Diagnostics()
    inputs = find_inputs(path, diagnostics)
    component = _lone_component(inputs)
    if component is not None:
        return Side(path, component, None, NOWHERE, diagnostics)
    found = resolution_of(inputs, features, all_features, diagnostics)
    return Side(path, None, found.resolved, found.positions, diagnostics)


def _with_world(side: Side, world: str | None) -> Side:
    if side.resolved is None:
        return side
    return replace(side, world=select(side.resolved, () if world is None else (world,), side.diagnostics)[0])


def _both(work: Callable[[_In], _Out], first: _In, second: _In) -> tuple[_Out, _Out]:
    """Do the same for both inputs, or once if they are one, and report what is wrong with either."""
    done: list[_Out] = []
    wrong: list[Diagnostic] = []
    for item in (first,) if first == second else (first, second):
        try:
            done.append(work(item))
        except WitError as error:
            wrong += error.diagnostics
    if wrong:
        raise WitError(tuple(wrong))
    return done[0], done[-1]


def _lone_component(inputs: Inputs) -> World | None:
    """A component's own world, with just what it has, if the input is a component.

    Raises:
        WitError: it is a binary that cannot be read.
    """
    files = inputs.root.files
    if len(files) != 1 or files[0].data is None:
        return None
    path = files[0].path
    try:
        binary = read_file(path, files[0].data)
        return None if binary.is_package else component_world(binary)
    except Refused as refused:
        raise WitError((refused.finding,)) from None
    except BinaryError as error:
        raise WitError((finding_of(path, error),)) from None


def _refuse_world(world: str | None, old: Side, new: Side) -> None:
    """Between two components, only their own world can be asked for.

    Raises:
        WitError: it is a different one.
    """
    if old.resolved is not None or new.resolved is not None or old.world is None:
        return
    if world not in (None, old.world.name, old.world.id):
        message = f"a component has the world `{old.world.name}`, and no world `{world}`"
        raise WitError((Diagnostic(codes.UNKNOWN_WORLD, message, help=("leave `--world` out",)),))


def diff_sides(old: Side, new: Side, asked: frozenset[Party]) -> Diff:
    """Compare two worlds, or two packages where neither side has chosen one of its worlds."""
    if old.world is not None and new.world is not None:
        changes = diff_worlds(old.world, new.world, (old.resolved is None, new.resolved is None))
    else:
        assert old.resolved is not None and new.resolved is not None, "a component has a world"
        changes = diff_packages(old.resolved.root, new.resolved.root)
    bump = max((change.bump for change in changes), default=Bump.NONE)
    ordered = sorted(changes, key=lambda change: (not change.breaks & asked, not change.breaks))
    return Diff(old, new, asked, tuple(ordered), Versions(old.version, new.version, bump))


# What is printed -------------------------------------------------------------------------------------------------------


def render_human(diff: Diff) -> str:
    """Each change with whom it breaks, then what the new version should be."""
    lines: list[str] = []
    docs = [change for change in diff.changes if change.kind is Kind.DOCS]
    for change in diff.changes:
        if change.kind is not Kind.DOCS:
            lines += [change_sentence(change), *(f"  {detail}" for detail in _details(change)), ""]
    if docs:
        # A line for each: a release may have written docs for everything.
        shown = [f"  {path_text(change.place, quoted=True)}" for change in docs]
        lines += [f"different docs, {_effect(docs[0])}:", *shown, ""]
    required = [f"  {path_text(change.place, quoted=True)}" for change in diff.changes if change.newly_required]
    lines += [_REQUIRED_IN_ALL, *required, ""] if required else []
    return "\n".join([*lines, _summary(diff), *_version_lines(diff)])


def render_json(diff: Diff) -> str:
    """The document of `--json`, with a line end."""
    versions = diff.versions
    document = {
        "version": _JSON_VERSION,
        "old": diff.old.path,
        "new": diff.new.path,
        "old_world": None if diff.old.world is None else diff.old.world.id,
        "new_world": None if diff.new.world is None else diff.new.world.id,
        "changes": [_change_json(diff, change) for change in diff.changes],
        "breaks": {party.value: diff.breaking(party) > 0 for party in Party},
        "bump": versions.bump.word,
        "old_version": _text(versions.old),
        "new_version": _text(versions.new),
        "asked_version": _text(versions.asked),
        "enough": versions.is_enough,
    }
    return json.dumps(document, indent=2) + "\n"


def _change_json(diff: Diff, change: Change) -> dict[str, object]:
    old, new = old_and_new(change)
    return {
        "place": [step_text(step) for step in change.place],
        "kind": change.kind.value,
        "message": change_phrase(change).text,
        "old": old,
        "new": new,
        "breaks": _words(change.breaks),
        "newly_required": change.newly_required,
        "bump": change.bump.word,
        "hints": [change_hint(hint) for hint in change.hints],
        "old_at": _position(diff.old.positions.labels(change.old_item)),
        "new_at": _position(diff.new.positions.labels(change.new_item)),
    }


def as_diagnostics(diff: Diff) -> tuple[Diagnostic, ...]:
    """Each change, where it was written: an error if it breaks those that were asked for, or else a warning."""
    found: list[Diagnostic] = []
    for change in diff.changes:
        old, new = diff.old.positions.labels(change.old_item), diff.new.positions.labels(change.new_item)
        labels = old if change.kind is Kind.REMOVED else new or old
        severity = Severity.ERROR if change.breaks & diff.asked else Severity.WARNING
        message = change_sentence(change)
        if not labels:
            message = f"{(diff.old if change.kind is Kind.REMOVED else diff.new).path}: {message}"
        notes = (*_texts(change), _effect(change), *([_REQUIRED] if change.newly_required else []))
        hints = tuple(map(change_hint, change.hints))
        found.append(Diagnostic(codes.API_CHANGE, message, labels, notes, hints, severity))
    return tuple(found)


def _details(change: Change) -> list[str]:
    return [*_texts(change), _effect(change), *(f"hint: {change_hint(hint)}" for hint in change.hints)]


def _texts(change: Change) -> list[str]:
    """Both sides, where they say more than the place; docs are long, and read where they are written."""
    if change.kind is Kind.DOCS or (change.kind is Kind.RENAMED and not change.breaks):
        return []
    match change.what:
        case Added(item) | Removed(item) if item in (INTERFACE, WORLD):
            return []
        case _:
            sides = zip(("old", "new"), old_and_new(change), strict=True)
            return [f"{side}: {text}" for side, text in sides if text is not None]


def _effect(change: Change) -> str:
    effect = f"breaks {' and '.join(_words(change.breaks))}" if change.breaks else "compatible"
    if change.bump is not Bump.NONE:
        effect += f"; needs a {change.bump.word} version"
    return effect


def _summary(diff: Diff) -> str:
    between = f"from `{diff.old.path}` to `{diff.new.path}`"
    if not diff.changes:
        return f"no changes {between}"
    number = len(diff.changes)
    broken = [(diff.breaking(party), party.value) for party in Party]
    told = ", ".join(f"{count} {'breaks' if count == 1 else 'break'} {who}" for count, who in broken if count)
    return f"{counted(number, 'change')} {between}: {told or 'nothing breaks'}"


def _version_lines(diff: Diff) -> list[str]:
    versions = diff.versions
    if versions.bump is Bump.NONE and versions.is_enough is not False:
        return []
    old, new = versions.old, versions.new
    if old is None:
        asked = f"the changes need a {versions.bump.word} version"
        return [f"{asked}; {'neither side has a' if new is None else 'the old side has no'} version to count from"]
    if versions.bump is Bump.NONE:
        asked = f"no change needs a different version than {old}"
    elif versions.asked is None:
        asked = f"the changes need a different version than {old}, because a pre-release links with itself only"
    else:
        asked = f"the changes need a {versions.bump.word} version, which is {versions.asked} after {old}"
    return [f"{asked}; {_judged(versions)}"]


def _judged(versions: Versions) -> str:
    new = versions.new
    if new is None:
        return "the new side has no version"
    if versions.is_enough:
        return f"{new} is enough"
    if new == versions.old:
        return f"the new side still has {new}"
    said = versions.said
    return f"{new} is {'not enough' if said is None else f'only a {said.word} version'}"


def _words(parties: frozenset[Party]) -> list[str]:
    return [party.value for party in Party if party in parties]


def _text(version: Version | None) -> str | None:
    return None if version is None else str(version)


def _position(labels: tuple[Label, ...]) -> dict[str, object] | None:
    if not labels:
        return None
    span = labels[0].span
    line, column = span.source.position(span.start)
    return {"file": span.source.path, "line": line, "column": column}


__all__ = ["Diff", "Side", "as_diagnostics", "diff_sides", "read_sides", "render_human", "render_json"]
