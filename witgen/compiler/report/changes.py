"""Changes in words, beside those that `component.words` has for differences."""

from __future__ import annotations

from typing import assert_never

from ...component.fit.hints import (
    AlikeInName,
    ImportedInstead,
    Meant,
    OtherHome,
    Reordered,
    VersionsDiffer,
)
from ...component.fit.steps import Step, StepKind
from ...component.words import (
    Phrase,
    difference_phrase,
    hint_text,
    item_text,
    path_text,
    sentence,
    side_texts,
)
from ..changes.change import (
    Added,
    Change,
    Changed,
    OtherAttributes,
    OtherDocs,
    OtherVersion,
    Removed,
    Renamed,
)
from ..changes.hints import (
    AddedInterface,
    CalledNow,
    ChangeHint,
    DoesNotLink,
    Fate,
    IsNow,
    SourceMustChange,
    SuppliedByWasmtime,
    WasAdded,
    WasBefore,
    WasRemoved,
)

_FATES = {Fate.RENAMED: "was it renamed?", Fate.MOVED: "was it moved?"}
_SIDES = {StepKind.IMPORT: "an import", StepKind.EXPORT: "an export"}


def change_phrase(change: Change) -> Phrase:
    """What happened to the item at the change's place."""
    match change.what:
        case Added():
            return Phrase("was added")
        case Removed():
            return Phrase("was removed")
        case Changed(reason):
            return difference_phrase(reason, change.place[-1])
        case Renamed(_, new):
            return Phrase(f"is now called `{new}`")
        case OtherVersion():
            return Phrase("has a different version")
        case OtherAttributes():
            return Phrase("has different attributes")
        case OtherDocs():
            return Phrase("has different docs")
        case _:
            assert_never(change.what)


def change_sentence(change: Change) -> str:
    """The change in one sentence."""
    return sentence(change.place, change_phrase(change))


def old_and_new(change: Change) -> tuple[str | None, str | None]:
    """Both sides, in WIT notation where they have one; None for what is not there."""
    match change.what:
        case Added(item):
            return None, item_text(item)
        case Removed(item):
            return item_text(item), None
        case Changed(reason):
            return side_texts(reason, change.place[-1])
        case Renamed(old, new) | OtherVersion(old, new):
            return old, new
        case OtherAttributes(old, new):
            return old or "none", new or "none"
        case OtherDocs(old_docs, new_docs):
            return old_docs, new_docs
        case _:
            assert_never(change.what)


def change_hint(hint: ChangeHint) -> str:
    """One hint."""
    match hint:
        case WasAdded(name, outer, fate):
            return f"{_named(name, outer)} was added: {_FATES[fate]}"
        case WasRemoved(name, outer, fate):
            return f"{_named(name, outer)} was removed: {_FATES[fate]}"
        case AddedInterface(id):
            return f"there is one in `{id}`, which was added: {_FATES[Fate.MOVED]}"
        case IsNow(kind):
            return f"it is now {_SIDES[kind]}"
        case WasBefore(kind):
            return f"it was {_SIDES[kind]}"
        case CalledNow(old, new):
            return f"`{old}` is now called `{new}`"
        case SourceMustChange():
            return "what is built still fits; source that names the type must change"
        case DoesNotLink():
            return "components and hosts of one version do not link with those of the other"
        case SuppliedByWasmtime():
            return "wasmtime supplies it to hosts that link its WASI"
        case OtherHome() | AlikeInName() | Meant() | Reordered() | VersionsDiffer() | ImportedInstead():
            return hint_text(hint)
        case _:
            assert_never(hint)


def _named(name: str, outer: tuple[Step, ...]) -> str:
    return f"`{name}` of {path_text(outer, quoted=True)}" if outer else f"`{name}`"


__all__ = ["change_hint", "change_phrase", "change_sentence", "old_and_new"]
