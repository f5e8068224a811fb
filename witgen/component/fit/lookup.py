"""Finds imports and exports by name, as wasmtime's linker does: an exact name, or else the latest compatible version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from ..items import InterfaceKey, WorldItem, WorldKey
from ..linker_names import family
from ..semver import Version


class Entry(NamedTuple):
    """An import or export with its own name."""

    name: str
    item: WorldItem


class Lookup:
    """The imports or exports of a world; `called` gives the name that each is known by, if not its own."""

    def __init__(self, items: Mapping[WorldKey, WorldItem], called: Callable[[str], str]) -> None:
        entries = (Entry(item_name(key), item) for key, item in items.items())
        self._exact = {called(entry.name): entry for entry in entries}

    @cached_property
    def _latest(self) -> dict[str, Entry]:
        """The item with the latest version of those that are compatible."""
        found: dict[str, tuple[Version, Entry]] = {}
        for name, entry in self._exact.items():
            version = Version.parse(name.partition("@")[2])
            if version is None or version.pre:
                continue
            known = found.get(family(name))
            if known is None or known[0] < version:
                found[family(name)] = version, entry
        return {name: entry for name, (_, entry) in found.items()}

    def find(self, name: str) -> Entry | None:
        """What the linker takes for `name`."""
        return self._exact.get(name) or self._latest.get(family(name))

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._exact.values())

    def names(self, kind: type[WorldItem]) -> Iterator[str]:
        """The names of the items of a kind."""
        return (entry.name for entry in self if isinstance(entry.item, kind))


def item_name(key: WorldKey) -> str:
    """The name of an import or export in a component."""
    if isinstance(key, InterfaceKey):
        assert key.interface.id is not None, "an interface's own key has its id"
        return key.interface.id
    return key


__all__ = ["Entry", "Lookup", "item_name"]
