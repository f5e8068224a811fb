"""The second half of the work on one package: its resolved model, given those of the packages it mentions.

In the reference parser's order, so that the first error is the same: items of other packages, handles of their types,
all types of the package, functions of interfaces, owners of types, worlds, and last includes and elaboration.
"""

from __future__ import annotations

from collections.abc import Iterator

from ....component import types
from ....component.items import Interface, Package, World
from ....dataclass import dataclass
from ...diagnostics import Label, codes
from ...syntax import ast
from . import gates
from .bodies import Body, Used
from .building_functions import FunctionBuilder
from .building_types import TypeBuilder
from .building_worlds import WorldBuilder
from .checking import PendingHandle, report_no_resource
from .foreign import bind_foreign
from .gates import Features, Gates, Removed
from .models import Absent, Models
from .scope import Foreign, Local, PackageScope


@dataclass(frozen=True, slots=True)
class _Home:
    """A body with what it becomes: the interface or world that owns its types, and its gate."""

    body: Body
    owner: Interface | World
    name: ast.Ident
    attributes: ast.Attributes


def build_package(models: Models, scope: PackageScope, pending: list[PendingHandle]) -> Package:
    """Resolve one package. All packages it mentions that there are were resolved before.

    Args:
        models: what was built before; receives the package.
        scope: its names, checked without an error.
        pending: the handles that may or may not name a resource of another package.
    """
    package = Package(scope.name, scope.unit.docs)
    models.packages[scope.name] = package
    models.scopes[scope.name] = scope
    models.spans.put(package, scope.unit.span)
    gate = Gates(scope.name, features_of(models, scope), models.diagnostics)
    targets, absent = bind_foreign(models, scope, gate)
    builder = TypeBuilder(models, scope, gate, targets, absent)
    _check_pending(builder, pending)

    interfaces = [_interface_home(package, item) for item in scope.interfaces]
    worlds = [_world_home(package, item) for item in scope.worlds]
    inline = {item: list(_inline_homes(package, item)) for item in scope.worlds}
    for home in interfaces:
        builder.build_body(home.body, home.owner)
    for item, home in zip(scope.worlds, worlds, strict=True):
        builder.build_body(home.body, home.owner)
        for inner in inline[item]:
            builder.build_body(inner.body, inner.owner)

    functions = FunctionBuilder(builder)
    every_interface = [*interfaces, *(home for homes in inline.values() for home in homes)]
    for home in every_interface:
        assert isinstance(home.owner, Interface)
        removed = gate.judge(home.attributes, home.name.span)
        models.interfaces[home.body] = removed or home.owner
        models.spans.put(home.owner, home.name.span)
        if removed is None:
            functions.build_interface(home.body, home.owner)
    for home in every_interface:
        _check_owned(models, home, models.interfaces[home.body])

    world_builder = WorldBuilder(functions)
    for item, home in zip(scope.worlds, worlds, strict=True):
        assert isinstance(home.owner, World)
        removed = gate.judge(home.attributes, home.name.span)
        models.worlds[item] = removed or home.owner
        models.spans.put(home.owner, home.name.span)
        if removed is None:
            world_builder.build(item, home.body, home.owner)
    for item, home in zip(scope.worlds, worlds, strict=True):
        _check_owned(models, home, models.worlds[item])
    for item in scope.worlds:
        world_builder.complete(item)

    for home in interfaces:
        interface = models.interfaces[home.body]
        if isinstance(interface, Interface):
            package.interfaces[home.name.name] = interface
    for item in scope.worlds:
        world = models.worlds[item]
        if isinstance(world, World):
            package.worlds[item.name] = world
    return package


def features_of(models: Models, scope: PackageScope) -> Features:
    """The features that are on for a package: all of them for one that was decoded, since its gates were judged before."""
    return gates.ALL_FEATURES if scope.unit.decoded else models.features


def _interface_home(package: Package, item: Local) -> _Home:
    assert item.body is not None, "checked before"
    decl = item.decl
    interface = Interface(item.name, package, decl.docs, gates.stability(decl.attributes))
    return _Home(item.body, interface, decl.name, decl.attributes)


def _world_home(package: Package, item: Local) -> _Home:
    assert item.body is not None, "checked before"
    decl = item.decl
    return _Home(
        item.body, World(item.name, package, decl.docs, gates.stability(decl.attributes)), decl.name, decl.attributes
    )


def _inline_homes(package: Package, item: Local) -> Iterator[_Home]:
    for member in item.decl.items:
        if isinstance(member, ast.ImportDecl | ast.ExportDecl) and isinstance(member.extern, ast.ExternInline):
            label = member.extern.label
            interface = Interface(None, package, member.docs, gates.stability(member.attributes))
            yield _Home(item.inline[label.span], interface, label, member.attributes)


def _check_pending(builder: TypeBuilder, pending: list[PendingHandle]) -> None:
    """Check handles whose resource is used from a different package; what is absent is reported where it is used."""
    for handle in pending:
        name = handle.resource
        body, entry = handle.body, handle.body.types[name.name]
        # What this package declares is not built yet: follow the names to the use that leaves the package.
        while True:
            if isinstance(entry, Used) and isinstance(entry.item, Local) and entry.item.body is not None:
                body = entry.item.body
                following = body.types.get(entry.used.name.name)
            elif isinstance(entry, ast.AliasDecl) and isinstance(entry.type, ast.NameExpr):
                following = body.types.get(entry.type.name.name)
            else:
                break
            if following is None:
                break
            entry = following
        if not (isinstance(entry, Used) and isinstance(entry.item, Foreign)):
            continue
        target = builder.used_target(entry)
        if isinstance(target, Absent):
            continue
        if not isinstance(builder.models.base(target), types.Resource):
            report_no_resource(builder.models.diagnostics, name)


def _check_owned(models: Models, home: _Home, owner: Interface | World | Absent) -> None:
    """The types of an interface or world that is left out must be left out themselves."""
    if not isinstance(owner, Removed):
        return
    kind = "world" if isinstance(home.owner, World) else "interface"
    for name in home.body.order:
        entry = home.body.types[name]
        if isinstance(models.types[home.body][name], Absent):
            continue
        at = entry.used.name.span if isinstance(entry, Used) else entry.name.span
        models.diagnostics.error(
            codes.GATED_REFERENCE,
            f"type `{name}` is kept, but its {kind} `{home.name.name}` is left out",
            Label(at, "has no gate of its own"),
            Label(owner.span, f"the gate of the {kind}"),
            help=(f"put `@unstable(feature = {owner.feature})` before the type as well",),
        )
