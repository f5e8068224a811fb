"""Resolves a load: parsed packages in, the resolved and elaborated model out.

The passes, in the order in which the reference parser reports errors, so that the first error here is the one it gives:

1. per group of files (the main package, then each of `deps/`): the findings of each file, the local check of its nested
   packages, its package header; then the local check of the group's package (`scope`, `bodies`, `checking`);
2. all packages: each defined once, no cycles (`packages`);
3. each package in dependency order: other packages' items, gates, types, functions, worlds (`building`).

Each pass goes on after an error where that is cheap. A package with an error, or that mentions one with an error, is
not built; only its mentions of other packages are still looked up. What is broken, missing or left out is reported once:
nothing that depends on it is reported again.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ....component.items import Package, Resolved
from ....dataclass import dataclass, field
from ...diagnostics import Diagnostic, Diagnostics, Label, Severity, codes
from ...garbage_collector import paused_collector
from ...input.inputs import Origin
from ...input.parsed import Loaded, LoadedFile, LoadedGroup
from ...syntax import ast
from ..spans import Spans
from .building import build_package, features_of
from .checking import Checker, PendingHandle
from .checking_worlds import check_worlds
from .foreign import bind_foreign
from .gates import Features, Gates, Removed, warn_unknown_features
from .models import Models
from .packages import order_packages
from .scope import PackageScope, Unit, build_scope, package_name
from .suggestions import listing


@dataclass(frozen=True, slots=True)
class Resolution:
    """A resolved load: the model, and where its items were written."""

    resolved: Resolved
    spans: Spans


@dataclass(slots=True)
class _Local:
    """The first pass: what it has found, in the order of collection."""

    diagnostics: Diagnostics
    late: Diagnostics = field(default_factory=lambda: Diagnostics(limit=sys.maxsize))
    scopes: list[PackageScope] = field(default_factory=list[PackageScope])
    pending: dict[PackageScope, list[PendingHandle]] = field(default_factory=dict[PackageScope, "list[PendingHandle]"])
    faulty: set[PackageScope] = field(default_factory=set[PackageScope])
    """Packages with errors."""
    incomplete: bool = False
    """Whether packages may have been left out."""

    def check_group(self, group: LoadedGroup) -> PackageScope | None:
        """Check the packages of a group; returns the scope of the group's own package."""
        headers: list[ast.PackageHeader] = []
        for file in group.files:
            for finding in file.findings:
                self.diagnostics.add(finding)
            if file.decl is not None:
                self._check_nested(file.decl, _has_errors(file.findings))
                self._check_header(file.decl, headers)
        for finding in group.findings:
            self.diagnostics.add(finding)
        broken = any(file.decl is None or file.decl.broken for file in group.files)
        if broken or group.findings:
            self.incomplete = True
        if group.origin is Origin.MENTIONED and package_name(headers[0].name) in {scope.name for scope in self.scopes}:
            return None
        if not headers:
            if not broken and not group.findings:
                self._report_no_header(group.files)
            return None
        docs = next((header.docs for header in headers if header.docs is not None), None)
        files = tuple(_own_items(file.decl) for file in group.files if file.decl is not None)
        first = headers[0].name
        decoded = group.origin is not Origin.WRITTEN
        unit = Unit(package_name(first), first.span, docs, files, broken, decoded)
        return self._check_unit(unit, any(_has_errors(file.findings) for file in group.files))

    def _check_nested(self, file: ast.FileDecl, is_faulty: bool) -> None:
        for item in file.items:
            if isinstance(item, ast.NestedPackageDecl):
                unit = Unit(package_name(item.name), item.name.span, item.docs, (item.items,), item.broken)
                self._check_unit(unit, is_faulty)

    def _check_header(self, file: ast.FileDecl, headers: list[ast.PackageHeader]) -> None:
        header = file.header
        if header is None:
            return
        if headers and package_name(header.name) != package_name(headers[-1].name):
            self.diagnostics.error(
                codes.PACKAGE_MISMATCH,
                f"this file says `{package_name(header.name)}`, another of the same package "
                f"`{package_name(headers[-1].name)}`",
                Label(header.name.span, "another name"),
                Label(headers[-1].name.span, "named here before"),
                notes=("the `.wit` files of a directory form one package; other packages go into `deps/`",),
            )
        documented = [earlier for earlier in headers if earlier.docs_span is not None]
        if header.docs_span is not None and documented and documented[0].docs_span is not None:
            self.diagnostics.error(
                codes.DUPLICATE_PACKAGE_DOCS,
                "the package is documented in more than one file",
                Label(header.docs_span, "documented again"),
                Label(documented[0].docs_span, "documented here before"),
                notes=("every comment directly before `package` is documentation",),
            )
        headers.append(header)

    def _report_no_header(self, files: Sequence[LoadedFile]) -> None:
        if len(files) == 1:
            message = f"`{files[0].path}` does not say which package it is"
        else:
            message = f"none of these files says which package they are: {listing(file.path for file in files)}"
        self.diagnostics.error(
            codes.MISSING_PACKAGE_HEADER,
            message,
            help=(f"begin {'it' if len(files) == 1 else 'one of them'} with `package ns:name;`",),
        )

    def _check_unit(self, unit: Unit, is_faulty: bool) -> PackageScope:
        before = len(self.diagnostics.found)
        scope = build_scope(unit, self.diagnostics)
        self.scopes.append(scope)
        checker = Checker(scope, self.late, self.pending.setdefault(scope, []))
        checker.check_interfaces()
        check_worlds(checker)
        if is_faulty or unit.broken or len(self.diagnostics.found) > before:
            self.faulty.add(scope)
        return scope


def _has_errors(findings: Sequence[Diagnostic]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)


def _own_items(file: ast.FileDecl) -> tuple[ast.FileItemDecl, ...]:
    return tuple(item for item in file.items if not isinstance(item, ast.NestedPackageDecl))


def resolve(loaded: Loaded, features: Features, diagnostics: Diagnostics) -> Resolution:
    """Resolve all packages of a load.

    Args:
        loaded: what `load` returned.
        features: the features that are on, for `@unstable`.
        diagnostics: receives what was found, warnings too; the first error is the one the reference parser gives.

    Raises:
        WitError: there are errors.
    """
    with paused_collector():
        return _resolve(loaded, features, diagnostics)


def _resolve(loaded: Loaded, features: Features, diagnostics: Diagnostics) -> Resolution:
    local = _Local(diagnostics)
    root = local.check_group(loaded.root)
    for group in loaded.dependencies:
        local.check_group(group)
    models = Models(features, diagnostics, tuple(scope.name for scope in local.scopes), local.incomplete)
    packages: list[Package] = []
    for scope in order_packages(local.scopes, diagnostics):
        if scope in local.faulty or not models.broken.keys().isdisjoint(scope.foreign):
            bind_foreign(models, scope, Gates(scope.name, features_of(models, scope), diagnostics))
            models.broken[scope.name] = scope
        else:
            packages.append(build_package(models, scope, local.pending[scope]))
    for finding in local.late.found:
        diagnostics.add(finding)
    diagnostics.stop_on_errors()
    assert root is not None, "a root package that cannot be checked is an error"
    files = [file.decl for group in loaded.groups for file in group.files if file.decl is not None]
    warn_unknown_features(features, files, diagnostics)
    left_out = {
        scope.name.item(world.name): removed.feature
        for scope in local.scopes
        for world in scope.worlds
        if isinstance(removed := models.worlds[world], Removed)
    }
    return Resolution(Resolved(tuple(packages), models.packages[root.name], left_out), models.spans)
