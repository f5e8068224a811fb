"""AST worlds to resolved worlds: their own imports and exports, then includes and elaboration (WIT: worlds)."""

from __future__ import annotations

from ....component.items import FunctionItem, Interface, InterfaceItem, InterfaceKey, TypeItem, World
from ....dataclass import dataclass
from ...diagnostics import Label, Span, codes
from ...syntax import ast
from . import gates
from .bodies import Body
from .building_functions import FunctionBuilder
from .elaborate import elaborate_world
from .gates import Removed
from .include import include_world
from .models import BROKEN, Absent, Models
from .scope import Foreign, Item, Local


@dataclass(slots=True)
class WorldBuilder:
    """Builds the worlds of one package."""

    functions: FunctionBuilder

    @property
    def models(self) -> Models:
        """What has been built so far."""
        return self.functions.types.models

    def build(self, item: Local, body: Body, world: World) -> None:
        """Fill in what a world imports and exports by itself: types first, then the rest in source order."""
        for name in body.order:
            definition = self.models.types[body][name]
            if isinstance(definition, Removed):
                self._report_type_left_out(body.types[name].name, definition)
            elif not isinstance(definition, Absent):
                world.imports[name] = TypeItem(definition)
                self.models.spans.put_member(world, f"import {name}", body.types[name].name.span)
        for member in item.decl.items:
            match member:
                case ast.ImportDecl() | ast.ExportDecl():
                    self._add_extern(item, body, world, member)
                case ast.ResourceDecl():
                    for function in self.functions.build_members(body, member):
                        world.imports[function.name] = FunctionItem(function)
                case _:
                    pass

    def _report_type_left_out(self, name: ast.Ident, removed: Removed) -> None:
        self.models.diagnostics.error(
            codes.GATED_REFERENCE,
            f"type `{name.name}` is left out, because its feature `{removed.feature}` is off, but its world is kept",
            Label(name.span, "a world cannot do without one of its types"),
            Label(removed.span, "the gate"),
            notes=("this is a rule of the reference parser, not of the language",),
            help=("put the type in an interface with the same gate, and import that",),
        )

    def complete(self, item: Local) -> None:
        """Take in what a kept world includes, check its names, and elaborate it."""
        world = self.models.worlds[item]
        if isinstance(world, Absent):
            return
        errors = len(self.models.diagnostics.found)
        for member in item.decl.items:
            if isinstance(member, ast.IncludeDecl):
                self._include(item, world, member)
        _check_case(self.models, world, item.decl.name.span)
        if len(self.models.diagnostics.found) == errors:
            elaborate_world(self.models, world, item.decl.name.span)
        if len(self.models.diagnostics.found) != errors:
            self.models.worlds[item] = BROKEN

    def _add_extern(self, item: Local, body: Body, world: World, member: ast.ImportDecl | ast.ExportDecl) -> None:
        verb, side = ("import", world.imports) if isinstance(member, ast.ImportDecl) else ("export", world.exports)
        judge = self.functions.types.gates.judge
        extern = member.extern
        match extern:
            case ast.ExternFunc(label=label, func=func):
                function = self.functions.build_freestanding(body, label, func, member.docs, member.attributes)
                if function is not None:
                    side[label.name] = FunctionItem(function)
                    self.models.spans.put_member(world, f"{verb} {label.name}", label.span)
            case ast.ExternInline(label=label):
                interface = self.models.interfaces[item.inline[label.span]]
                if isinstance(interface, Interface):
                    side[label.name] = _interface_item(interface, None, member.attributes)
                    self.models.spans.put_member(world, f"{verb} {label.name}", label.span)
            case ast.ExternPath(label=label, path=path):
                name = label or path.name
                if judge(member.attributes, name.span) is None:
                    target = self._interface(self.functions.types.scope.find(path, item.file), path, name.span)
                    if target is not None:
                        key = InterfaceKey(target) if label is None else label.name
                        side[key] = _interface_item(target, member.docs, member.attributes)
                        self.models.spans.put_member(world, f"{verb} {name.name if label else target.id}", name.span)

    def _interface(self, item: Item | None, path: ast.PathExpr, at: Span) -> Interface | None:
        target = self._local(item)
        if target is None or target.body is None:
            return None
        interface = self.models.interfaces[target.body]
        if isinstance(interface, Removed):
            self.functions.types.report_removed(interface, path.name, at)
        return None if isinstance(interface, Absent) else interface

    def _local(self, item: Item | None) -> Local | None:
        if not isinstance(item, Foreign):
            return item
        target = self.functions.types.targets[item]
        return target if isinstance(target, Local) else None

    def _include(self, item: Local, world: World, member: ast.IncludeDecl) -> None:
        at = member.path.name.span
        if self.functions.types.gates.judge(member.attributes, at) is not None:
            return
        target = self._local(self.functions.types.scope.find(member.path, item.file))
        if target is None:
            return
        included = self.models.worlds[target]
        if isinstance(included, Removed):
            self.functions.types.report_removed(included, member.path.name, at)
        if not isinstance(included, Absent):
            include_world(self.models, world, included, member)


def _interface_item(interface: Interface, docs: str | None, attributes: ast.Attributes) -> InterfaceItem:
    return InterfaceItem(interface, docs, gates.stability(attributes), gates.external_id(attributes))


def _check_case(models: Models, world: World, at: Span) -> None:
    """Plain names of one side must differ in more than upper and lower case."""
    for verb, side in (("import", world.imports), ("export", world.exports)):
        seen: dict[str, str] = {}
        for key in side:
            if not isinstance(key, str):
                continue
            earlier = seen.setdefault(key.casefold(), key)
            if earlier != key:
                models.diagnostics.error(
                    codes.DUPLICATE_NAME,
                    f"world `{world.name}` has the {verb}s `{earlier}` and `{key}`, which differ only in case",
                    Label(models.spans.of_member(world, f"{verb} {key}") or at, f"the {verb} `{key}`"),
                    Label(models.spans.of_member(world, f"{verb} {earlier}") or at, f"the {verb} `{earlier}`"),
                    notes=("names are compared without regard to upper and lower case",),
                )
