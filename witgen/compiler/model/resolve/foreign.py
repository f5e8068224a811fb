"""Binds what a package mentions of other packages: interfaces, then worlds, then used types (WIT: packages, names)."""

from __future__ import annotations

from collections.abc import Sequence

from ....component.names import PackageName
from ...diagnostics import Label, Span, codes
from ...syntax import ast
from .bodies import Body
from .gates import Gates, Removed
from .models import BROKEN, Absent, Broken, Models
from .scope import Foreign, Local, PackageScope, is_world, mentions
from .suggestions import defines, listing

Targets = dict[Foreign, Local | Broken]


def bind_foreign(models: Models, scope: PackageScope, gates: Gates) -> tuple[Targets, dict[Span, Absent]]:
    """Find what each foreign item is; report what is missing.

    Returns:
        The targets, `BROKEN` where there is none or where all mentions are left out; and, by the span of the used name,
        which used names are missing (reported) or left out.
    """
    targets: Targets = {}
    missing: set[PackageName] = set()
    for item in (*(f for f in scope.mentioned if not is_world(f)), *(f for f in scope.mentioned if is_world(f))):
        targets[item] = _bind_item(models, scope, gates, item, missing)
    return targets, _check_used_types(models, scope, gates, targets)


def _bind_item(
    models: Models, scope: PackageScope, gates: Gates, item: Foreign, missing: set[PackageName]
) -> Local | Broken:
    package = models.broken.get(item.package) or models.scopes.get(item.package)
    if package is None:
        if item.package not in missing and not models.incomplete:
            missing.add(item.package)
            _report_unknown_package(models, scope, item.package)
        return BROKEN
    name = item.first.path.name
    if all(gates.judge(mention.attributes, name.span) is not None for mention in item.mentions):
        return BROKEN
    found = package.items.get(item.name)
    wanted = "world" if is_world(item) else "interface"
    if found is None and package.unit.broken:
        return BROKEN  # it may be among what was left out
    if found is None or is_world(found) != is_world(item):
        others = [other for other in package.items.values() if is_world(other) == is_world(item)]
        labels = [Label(name.span, f"no such {wanted}")]
        if found is not None:
            labels.append(Label(found.decl.name.span, f"this is {'a world' if is_world(found) else 'an interface'}"))
        models.diagnostics.error(
            codes.UNKNOWN_NAME if found is None else codes.WRONG_KIND,
            f"{wanted} `{item.name}` is not defined in package `{item.package}`",
            *labels,
            notes=defines(f"`{item.package}`", wanted, (other.name for other in others)),
            help=scope.suggestions.near(item.name, (other.name for other in others)),
        )
        return BROKEN
    if item.package in models.broken:
        return BROKEN
    built = models.worlds[found] if is_world(found) else models.interfaces[_body(found)]
    if isinstance(built, Removed):
        models.diagnostics.error(
            codes.GATED_REFERENCE,
            f"{wanted} `{item.name}` of package `{item.package}` is left out: its feature `{built.feature}` is off",
            Label(name.span, "left out"),
            Label(built.span, "the gate"),
            help=(f"enable it with `--features {built.feature}`, or put the same gate here",),
        )
    return BROKEN if isinstance(built, Absent) else found


def _body(item: Local) -> Body:
    assert item.body is not None, "checked before"
    return item.body


def _report_unknown_package(models: Models, scope: PackageScope, package: PackageName) -> None:
    mention = next(iter(scope.foreign[package].values())).first
    assert mention.path.package is not None
    versions = [name for name in models.loaded if (name.namespace, name.name) == (package.namespace, package.name)]
    if versions:
        notes = (f"of this package there is {listing(map(str, versions))}; a version must match exactly",)
        help: tuple[str, ...] = ()
    else:
        others = [name for name in models.loaded if name != scope.name]  # a package never means itself
        shown = listing(map(str, others))
        notes = (f"the other packages are {shown}" if others else "no other package was loaded",)
        help = _near_package(scope, package, others) or (
            f"its `.wit` files belong in a folder of `deps/`, such as `deps/{package.name}/`; other folders are not read",
        )
    models.diagnostics.error(
        codes.UNKNOWN_PACKAGE,
        f"there is no package `{package}`",
        Label(mention.path.package.span, "not among the packages that were loaded"),
        notes=notes,
        help=help,
    )


def _near_package(scope: PackageScope, package: PackageName, others: Sequence[PackageName]) -> tuple[str, ...]:
    """The package that is meant by a misspelt name: one part of it is right, and the other one nearly."""
    by_name = {name.name: name for name in others if name.namespace == package.namespace}
    if scope.suggestions.near(package.name, by_name):
        return scope.suggestions.near(str(package), (str(name) for name in by_name.values()))
    of_that_name = {name.namespace: name for name in others if name.name == package.name}
    if scope.suggestions.near(package.namespace, of_that_name):
        return scope.suggestions.near(str(package), (str(name) for name in of_that_name.values()))
    return ()


def _check_used_types(models: Models, scope: PackageScope, gates: Gates, targets: Targets) -> dict[Span, Absent]:
    """Look up each used type once: where it is mentioned first, whose gate decides for all mentions."""
    absent: dict[Span, Absent] = {}
    first: dict[tuple[Foreign, str], Absent | None] = {}
    for file in scope.files:
        for mention in mentions(file):
            item = scope.find(mention.path, file) if mention.use is not None else None
            target = targets.get(item) if isinstance(item, Foreign) else None
            if mention.use is None or not isinstance(item, Foreign) or not isinstance(target, Local):
                continue
            for name in (used.name for used in mention.use.names):
                key = item, name.name
                if key not in first:
                    removed = gates.judge(mention.attributes, name.span)
                    is_there = removed is not None or _check_used_type(models, scope, item, target, name)
                    first[key] = removed if is_there else BROKEN
                found = first[key]
                if found is not None:
                    absent[name.span] = found
    return absent


def _check_used_type(models: Models, scope: PackageScope, item: Foreign, target: Local, name: ast.Ident) -> bool:
    found = models.types[_body(target)].get(name.name)
    title = f"interface `{item.name}` of package `{item.package}`"
    if isinstance(found, Removed):
        models.diagnostics.error(
            codes.GATED_REFERENCE,
            f"{title} leaves out `{name.name}`: its feature `{found.feature}` is off",
            Label(name.span, "left out"),
            Label(found.span, "the gate"),
            help=(f"enable it with `--features {found.feature}`, or put the same gate here",),
        )
        return False
    if found is not None:
        return True
    if name.name in target.unknown:
        return False
    target.unknown.add(name.name)
    function = _body(target).functions.get(name.name)
    labels = [Label(name.span, "no such type")]
    if function is not None:
        labels.append(Label(function.name.span, "this is a function"))
    models.diagnostics.error(
        codes.UNKNOWN_NAME if function is None else codes.WRONG_KIND,
        f"{title} has no type `{name.name}`",
        *labels,
        help=scope.suggestions.near(name.name, target.types),
    )
    return False
