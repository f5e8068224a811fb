"""Gates: what `@since`, `@unstable` and `@deprecated` do to an item (WIT: feature gates).

`@unstable` is the only filter: its item is kept if the feature is enabled. `@since` never filters; it must name a version
that the package has reached. `@deprecated` is recorded. What refers to an item that is left out must be left out too:
`building` checks that, with the `Removed` marks made here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal

from ....component.names import PackageName, Version
from ....component.types import Stability, Stable, Unstable
from ....dataclass import dataclass, field
from ...diagnostics import Diagnostics, Label, Span, codes
from ...syntax import ast
from .suggestions import did_you_mean, listing

Features = frozenset[str] | Literal["all"]
"""The enabled features, or all of them."""

ALL_FEATURES: Final = "all"


@dataclass(frozen=True, slots=True)
class Removed:
    """An item that its gate leaves out: the feature it waits for, and where that is written."""

    feature: str
    span: Span


@dataclass(slots=True)
class Gates:
    """Judges the gates of one package."""

    package: PackageName
    features: Features
    diagnostics: Diagnostics
    _reported: set[Span] = field(default_factory=set[Span])

    def removed(self, attributes: ast.Attributes) -> Removed | None:
        """The mark of an item that is left out; None for one that is kept."""
        unstable = attributes.unstable
        if unstable is None or self.features == ALL_FEATURES or unstable.feature.name in self.features:
            return None
        return Removed(unstable.feature.name, unstable.feature.span)

    def judge(self, attributes: ast.Attributes, at: Span) -> Removed | None:
        """As `removed`; reports a `@since` that the package cannot have, at `at`, the name of the gated item."""
        since = attributes.since
        if since is not None and since.span not in self._reported:
            self._check_version(since, at)
        return self.removed(attributes)

    def _check_version(self, since: ast.SinceExpr, at: Span) -> None:
        package = self.package
        wanted = Version.parse(since.version.text)
        if package.version is None:
            self._reported.add(since.span)
            self.diagnostics.error(
                codes.UNVERSIONED_GATE,
                f"`@since` needs a version of the package, and `{package}` has none",
                Label(at),
                Label(since.version.span, "this version cannot be compared"),
                help=(f"give the package a version: `package {package}@{since.version.text};`",),
            )
        elif wanted is not None and wanted > package.version:
            self._reported.add(since.span)
            self.diagnostics.error(
                codes.UNRELEASED_GATE,
                f"`@since` names version {wanted}, which the package `{package}` has not reached",
                Label(at),
                Label(since.version.span, f"later than {package.version}"),
            )


def stability(attributes: ast.Attributes) -> Stability | None:
    """What the attributes say of an item that is kept."""
    deprecated = attributes.deprecated.version.text if attributes.deprecated is not None else None
    if attributes.since is not None:
        return Stable(attributes.since.version.text, deprecated)
    if attributes.unstable is not None:
        return Unstable(attributes.unstable.feature.name, deprecated)
    return None


def external_id(attributes: ast.Attributes) -> str | None:
    """The text of `@external-id`, if there is one."""
    return None if attributes.external_id is None else attributes.external_id.text


def warn_unknown_features(features: Features, files: Iterable[ast.FileDecl], diagnostics: Diagnostics) -> None:
    """Warn of each enabled feature that no gate in `files` mentions."""
    if features == ALL_FEATURES or not features:
        return
    known = sorted({name for file in files for name in _features(file.items)})
    for name in sorted(features.difference(known)):
        note = f"the features are {listing(known)}" if known else "nothing is gated by a feature"
        diagnostics.warn(
            codes.UNKNOWN_FEATURE,
            f"no gate mentions the feature `{name}`",
            notes=(note,),
            help=did_you_mean(name, known),
        )


def _features(items: Iterable[ast.FileItemDecl]) -> Iterator[str]:
    for attributes in _all_attributes(items):
        if attributes.unstable is not None:
            yield attributes.unstable.feature.name


def _all_attributes(items: Iterable[ast.FileItemDecl]) -> Iterator[ast.Attributes]:
    for item in items:
        if isinstance(item, ast.NestedPackageDecl):
            yield from _all_attributes(item.items)
            continue
        yield item.attributes
        if isinstance(item, ast.InterfaceDecl | ast.WorldDecl):
            for member in item.items:
                yield from _member_attributes(member)


def _member_attributes(member: ast.InterfaceItemDecl | ast.WorldItemDecl) -> Iterator[ast.Attributes]:
    yield member.attributes
    match member:
        case ast.ResourceDecl(members=functions):
            yield from (function.attributes for function in functions)
        case ast.ImportDecl(extern=ast.ExternInline(items=items)) | ast.ExportDecl(
            extern=ast.ExternInline(items=items)
        ):
            for item in items:
                yield from _member_attributes(item)
        case _:
            pass
