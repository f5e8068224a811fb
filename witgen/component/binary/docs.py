"""Docs and gates from the custom section `package-docs`: a version byte, then JSON (as wit-parser writes it).

Whatever is not as it should be is left out, entry by entry: docs are not worth refusing a component for. Only a version
that is not known, or bytes that are no JSON, are a fault.
"""

from __future__ import annotations

import json
import re
from typing import TypeGuard

from ...dataclass import dataclass, field
from ..semver import Version
from ..types import Stability, Stable, Unstable
from .errors import BinaryError, Fault
from .evaluate import DocsSection

_VERSIONS = (0, 1)
_LABEL = re.compile(r"(?:[a-z][a-z0-9]*|[A-Z][A-Z0-9]*)(?:-(?:[a-z0-9]+|[A-Z0-9]+))*")
# What no WIT text may hold (wit-parser), so no docs that were read from one.
_FORBIDDEN = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u0149\u0673\u0f77\u0f79\u17a3\u17a4\u17b4\u17b5]"
)


@dataclass(frozen=True, slots=True)
class ItemDocs:
    """The docs and gate of an item; `parts` holds the docs of fields, cases and flags."""

    text: str | None = None
    stability: Stability | None = None
    parts: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class InterfaceDocs:
    """Those of an interface."""

    own: ItemDocs = ItemDocs()
    functions: dict[str, ItemDocs] = field(default_factory=dict[str, ItemDocs])
    types: dict[str, ItemDocs] = field(default_factory=dict[str, ItemDocs])


@dataclass(frozen=True, slots=True)
class WorldDocs:
    """Those of a world; of each pair the first is for imports.

    `mentions` and `gates` are about imports and exports of interfaces that are not inline, by their ids or labels.
    """

    own: ItemDocs = ItemDocs()
    types: dict[str, ItemDocs] = field(default_factory=dict[str, ItemDocs])
    interfaces: tuple[dict[str, InterfaceDocs], dict[str, InterfaceDocs]] = ({}, {})
    functions: tuple[dict[str, ItemDocs], dict[str, ItemDocs]] = ({}, {})
    mentions: tuple[dict[str, str | None], dict[str, str | None]] = ({}, {})
    gates: tuple[dict[str, Stability | None], dict[str, Stability | None]] = ({}, {})


@dataclass(frozen=True, slots=True)
class PackageDocs:
    """Those of a package; `package` is its name, where the section says it."""

    package: str | None = None
    text: str | None = None
    worlds: dict[str, WorldDocs] = field(default_factory=dict[str, WorldDocs])
    interfaces: dict[str, InterfaceDocs] = field(default_factory=dict[str, InterfaceDocs])


def read_docs(section: DocsSection) -> PackageDocs:
    """Read the section.

    Raises:
        BinaryError: its version is unknown, or it holds no JSON object.
    """
    if not section.data or section.data[0] not in _VERSIONS:
        raise BinaryError(Fault.UNSUPPORTED, "unknown version of the section `package-docs`", section.offset)
    try:
        found: object = json.loads(section.data[1:])
    except (ValueError, RecursionError):
        raise BinaryError(Fault.MALFORMED, "the section `package-docs` is not valid JSON", section.offset + 1) from None
    whole = _object(found)
    return PackageDocs(
        _text(whole.get("package")),
        _docs(whole.get("docs")),
        {name: _world(_object(value)) for name, value in _object(whole.get("worlds")).items()},
        _interfaces(whole.get("interfaces")),
    )


def _world(found: dict[str, object]) -> WorldDocs:
    # One table serves both sides unless the export's differs, as it was in the section's first version.
    interfaces, functions = _interfaces(found.get("interfaces")), _items(found.get("funcs"))
    return WorldDocs(
        _item(found),
        _items(found.get("types")),
        (interfaces, interfaces | _interfaces(found.get("interface_exports"))),
        (functions, functions | _items(found.get("func_exports"))),
        (_texts(found.get("interface_import_docs")), _texts(found.get("interface_export_docs"))),
        (_gates(found.get("interface_import_stability")), _gates(found.get("interface_export_stability"))),
    )


def _interfaces(found: object) -> dict[str, InterfaceDocs]:
    return {name: _interface(_object(value)) for name, value in _object(found).items()}


def _interface(found: dict[str, object]) -> InterfaceDocs:
    return InterfaceDocs(_item(found), _items(found.get("funcs")), _items(found.get("types")))


def _items(found: object) -> dict[str, ItemDocs]:
    return {
        name: ItemDocs(_docs(value)) if isinstance(value, str) else _item(_object(value))
        for name, value in _object(found).items()
    }


def _item(found: dict[str, object]) -> ItemDocs:
    parts = {name: text for name, text in _texts(found.get("items")).items() if text is not None}
    return ItemDocs(_docs(found.get("docs")), _stability(found.get("stability")), parts)


def _texts(found: object) -> dict[str, str | None]:
    return {name: _docs(value) for name, value in _object(found).items()}


def _gates(found: object) -> dict[str, Stability | None]:
    return {name: _stability(value) for name, value in _object(found).items()}


def _stability(found: object) -> Stability | None:
    gate = _object(found)
    stable, unstable = _object(gate.get("stable")), _object(gate.get("unstable"))
    since, feature = stable.get("since"), unstable.get("feature")
    if isinstance(since, str) and Version.parse(since) is not None:
        return Stable(since, _version(stable.get("deprecated")))
    if isinstance(feature, str) and _LABEL.fullmatch(feature):
        return Unstable(feature, _version(unstable.get("deprecated")))
    return None


def _version(found: object) -> str | None:
    return found if isinstance(found, str) and Version.parse(found) is not None else None


def _docs(found: object) -> str | None:
    text = _text(found)
    return None if text is None else _FORBIDDEN.sub("\ufffd", text)


def _text(found: object) -> str | None:
    if not isinstance(found, str):
        return None
    return found.encode("utf-8", "replace").decode("utf-8")  # JSON may hold half a surrogate pair


def _object(found: object) -> dict[str, object]:
    return found if _is_object(found) else {}


def _is_object(found: object) -> TypeGuard[dict[str, object]]:
    return isinstance(found, dict)  # JSON's keys are strings


__all__ = ["InterfaceDocs", "ItemDocs", "PackageDocs", "WorldDocs", "read_docs"]
