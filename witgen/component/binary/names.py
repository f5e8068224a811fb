"""Names in components: labels, interface ids, functions of resources (Component Model, "Import and Export Definitions")."""

from __future__ import annotations

import re

from ...dataclass import dataclass
from ..names import PackageName, Version
from .errors import BinaryError, Fault

_LABEL = r"(?:[a-z][a-z0-9]*|[A-Z][A-Z0-9]*)(?:-(?:[a-z0-9]+|[A-Z0-9]+))*"
_LABEL_ONLY = re.compile(_LABEL)
_ID = re.compile(rf"({_LABEL}):({_LABEL})/({_LABEL})(?:@(.+))?")
_FUNCTION = re.compile(rf"\[(constructor|method|static)\]({_LABEL})(?:\.({_LABEL}))?")
_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class FunctionName:
    """A function's name: `kind` is empty for a plain one, otherwise `constructor`, `method` or `static`."""

    kind: str
    resource: str


def label(text: str, offset: int) -> str:
    """A name in kebab case.

    Raises:
        BinaryError: it is none, or longer than any name should be.
    """
    if len(text) > _LONGEST:
        raise BinaryError(Fault.TOO_LARGE, f"a name is longer than {_LONGEST:,} characters", offset)
    if _LABEL_ONLY.fullmatch(text) is None:
        raise BinaryError(Fault.MALFORMED, f"{_shown(text)} is not a name in kebab-case", offset)
    return text


def is_label(text: str) -> bool:
    """Whether a name is a plain one, and no interface's id."""
    return ":" not in text


def interface_id(text: str, offset: int) -> tuple[PackageName, str]:
    """The package and the name of an interface or world: `ns:pkg/name[@version]`.

    Raises:
        BinaryError: it is not such an id; WIT has no other forms (URLs, hashes, locked dependencies).
    """
    match = _ID.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        raise BinaryError(Fault.UNSUPPORTED, f"{_shown(text)} is not an interface's id", offset)
    version = None if match[4] is None else Version.parse(match[4])
    if match[4] is not None and version is None:
        raise BinaryError(Fault.UNSUPPORTED, f"{_shown(text)} does not end in a semantic version", offset)
    return PackageName(match[1], match[2], version), match[3]


def function_name(text: str, offset: int) -> FunctionName:
    """What the name of a function says.

    Raises:
        BinaryError: it is neither a label nor the name of a resource's function.
    """
    if not text.startswith("["):
        label(text, offset)
        return FunctionName("", "")
    match = _FUNCTION.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None or (match[3] is None) is not (match[1] == "constructor"):
        raise BinaryError(Fault.UNSUPPORTED, f"{_shown(text)} is not a function's name", offset)
    return FunctionName(match[1], match[2])


def _shown(text: str) -> str:
    return f"`{text if len(text) <= 80 else text[:80] + '…'}`"


__all__ = ["FunctionName", "function_name", "interface_id", "is_label", "label"]
