"""Attributes: which of them an item may have together (WIT: Rules for feature gate usage)."""

from __future__ import annotations

from collections.abc import Sequence

from ..diagnostics import Diagnostic, Label, Span, codes
from .ast import Attributes, DeprecatedExpr, ExternalIdExpr, SinceExpr, UnstableExpr

AttributeExpr = SinceExpr | UnstableExpr | DeprecatedExpr | ExternalIdExpr


def combine_attributes(found: Sequence[AttributeExpr], late: list[Diagnostic]) -> Attributes:
    """Join the attributes of one item, of each kind the first; add what is wrong with the combination to `late`."""
    since: SinceExpr | None = None
    unstable: UnstableExpr | None = None
    deprecated: DeprecatedExpr | None = None
    external_id: ExternalIdExpr | None = None
    repeated = False
    first: AttributeExpr | None
    for attribute in found:
        match attribute:
            case SinceExpr():
                first, since = since, since or attribute
                name = "since"
            case UnstableExpr():
                first, unstable = unstable, unstable or attribute
                name = "unstable"
            case DeprecatedExpr():
                first, deprecated = deprecated, deprecated or attribute
                name = "deprecated"
            case ExternalIdExpr():
                first, external_id = external_id, external_id or attribute
                name = "external-id"
        if first is not None:
            repeated = True
            late.append(
                _conflict(
                    f"`@{name}` is given twice", attribute.span, "given again here", first.span, "first given here"
                )
            )
    if not repeated:
        if since is not None and unstable is not None:
            late.append(
                _conflict(
                    "an item is either `@since` a version or `@unstable`, not both",
                    since.span,
                    "",
                    unstable.span,
                    "also marked as unstable here",
                )
            )
        if deprecated is not None and since is None and unstable is None:
            late.append(_conflict("`@deprecated` must come with `@since` or `@unstable`", deprecated.span))
    return Attributes(since, unstable, deprecated, external_id)


def _conflict(message: str, span: Span, text: str = "", other: Span | None = None, other_text: str = "") -> Diagnostic:
    labels = (Label(span, text),) if other is None else (Label(span, text), Label(other, other_text))
    return Diagnostic(codes.CONFLICTING_ATTRIBUTES, message, labels)
