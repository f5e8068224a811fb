"""AST types to resolved types: definitions of one body in order, and the types in signatures (WIT: types, handles).

Names were checked before, so all that can go wrong is a reference to something that its gate has left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from ....component import types
from ....component.items import Interface, World
from ....component.types import Type, TypeDefinition
from ....dataclass import dataclass
from ...diagnostics import Label, Span, codes
from ...syntax import ast
from . import gates
from .bodies import Body, TypeDecl, Used, definition_types, names_in, parts
from .gates import Gates, Removed
from .models import BROKEN, Absent, Broken, Models
from .scope import Foreign, Local, PackageScope


@dataclass(slots=True)
class TypeBuilder:
    """Builds the types of one package.

    `targets` says what became of foreign items, `absent` which used names (by their span) are missing or left out.
    """

    models: Models
    scope: PackageScope
    gates: Gates
    targets: Mapping[Foreign, Local | Broken]
    absent: Mapping[Span, Absent]

    def build_body(self, body: Body, owner: Interface | World) -> None:
        """Build all types of a body; those left out or broken are marked so."""
        self.models.types[body] = {}
        for name in body.order:
            entry = body.types[name]
            if isinstance(entry, Used):
                self._build_used(body, owner, entry)
            else:
                self._build_definition(body, owner, entry)
        for name in body.types:
            self.models.types[body].setdefault(name, BROKEN)

    def _build_used(self, body: Body, owner: Interface | World, entry: Used) -> None:
        name = entry.name.name
        removed = self.gates.judge(entry.decl.attributes, entry.used.name.span)
        target = removed or self.used_target(entry)
        if isinstance(target, Removed) and removed is None:
            self.report_removed(target, entry.used.name, entry.used.name.span)
            target = BROKEN
        if isinstance(target, Absent):
            self.models.types[body][name] = target
            return
        attributes = entry.decl.attributes
        alias = types.Alias(name, owner, None, gates.stability(attributes), gates.external_id(attributes), target)
        self.models.add_type(body, name, alias)
        self.models.spans.put(alias, entry.name.span)

    def used_target(self, entry: Used) -> TypeDefinition | Absent:
        """What a used name leads to."""
        item = entry.item
        if isinstance(item, Foreign):
            found = self.absent.get(entry.used.name.span, self.targets[item])
            if isinstance(found, Absent):
                return found
            item = found
        if item is None or item.body is None:
            return BROKEN
        return self.models.types[item.body].get(entry.used.name.name, BROKEN)

    def _build_definition(self, body: Body, owner: Interface | World, decl: TypeDecl) -> None:
        name = decl.name.name
        removed = self.gates.judge(decl.attributes, _first_anonymous(decl) or decl.name.span)
        absent = removed or self._check_references(body, decl)
        if absent is not None:
            self.models.types[body][name] = absent
            return
        definition = self._define(body, owner, decl)
        self.models.add_type(body, name, definition)
        self.models.spans.put(definition, decl.name.span)
        for member in _members(decl):
            self.models.spans.put_member(definition, member.name, member.span)

    def _check_references(self, body: Body, decl: TypeDecl) -> Absent | None:
        """Report references to what is left out: at the field's name in a record, otherwise at the type's name."""
        if isinstance(decl, ast.RecordDecl):
            found = [self.check_references(body, (f.type,), f.name.span) for f in decl.fields]
            return next((absent for absent in found if absent is not None), None)
        return self.check_references(body, definition_types(decl), decl.name.span)

    def check_references(self, body: Body, exprs: Iterable[ast.TypeExpr], at: Span) -> Broken | None:
        """Report, at `at`, the first reference to a type that is left out; None: all are there."""
        for expr in exprs:
            for name in names_in(expr):
                target = self.models.types[body][name.name]
                if isinstance(target, Removed):
                    self.report_removed(target, name, at)
                if isinstance(target, Absent):
                    return BROKEN
        return None

    def report_removed(self, removed: Removed, name: ast.Ident, at: Span) -> None:
        """Report, at `at`, that `name` stands for something that is left out."""
        labels = [Label(at, "left out" if at == name.span else f"needs `{name.name}`")]
        if at != name.span:
            labels.append(Label(name.span, "this type is left out"))
        self.models.diagnostics.error(
            codes.GATED_REFERENCE,
            f"`{name.name}` is left out, because its feature `{removed.feature}` is off",
            *labels,
            Label(removed.span, "the gate"),
            help=(f"enable it with `--features {removed.feature}`, or put the same gate here",),
        )

    def _define(self, body: Body, owner: Interface | World, decl: TypeDecl) -> TypeDefinition:
        name = decl.name.name
        docs = decl.docs
        stability = gates.stability(decl.attributes)
        external_id = gates.external_id(decl.attributes)
        match decl:
            case ast.AliasDecl(type=ast.NameExpr(name=target)):
                return types.Alias(name, owner, docs, stability, external_id, self._named(body, target))
            case ast.AliasDecl(type=type):
                return types.Alias(name, owner, docs, stability, external_id, self.build(body, type))
            case ast.RecordDecl():
                fields = tuple(types.Field(f.name.name, self.build(body, f.type), f.docs) for f in decl.fields)
                return types.Record(name, owner, docs, stability, external_id, fields)
            case ast.VariantDecl():
                cases = tuple(types.Case(c.name.name, self.build_optional(body, c.type), c.docs) for c in decl.cases)
                return types.Variant(name, owner, docs, stability, external_id, cases)
            case ast.EnumDecl():
                enum_cases = tuple(types.EnumCase(c.name.name, c.docs) for c in decl.cases)
                return types.Enum(name, owner, docs, stability, external_id, enum_cases)
            case ast.FlagsDecl():
                flags = tuple(types.EnumCase(f.name.name, f.docs) for f in decl.flags)
                return types.Flags(name, owner, docs, stability, external_id, flags)
            case ast.ResourceDecl():
                return types.Resource(name, owner, docs, stability, external_id)
            case _:
                assert_never(decl)

    def _named(self, body: Body, name: ast.Ident) -> TypeDefinition:
        definition = self.models.types[body][name.name]
        assert not isinstance(definition, Absent), name.name
        return definition

    def build(self, body: Body, expr: ast.TypeExpr) -> Type:
        """The type of an expression whose references all resolve."""
        match expr:
            case ast.PrimitiveExpr(name=keyword):
                return types.Primitive(keyword)
            case ast.NameExpr(name=name):
                return self._reference(self._named(body, name))
            case ast.ListExpr(element=element):
                return types.List(self.build(body, element))
            case ast.FixedListExpr(element=element, size=size):
                return types.FixedList(self.build(body, element), size)
            case ast.MapExpr(key=key, value=value):
                return types.Map(self.build(body, key), self.build(body, value))
            case ast.OptionExpr(element=element):
                return types.Option(self.build(body, element))
            case ast.ResultExpr(ok=ok, err=err):
                return types.Result(self.build_optional(body, ok), self.build_optional(body, err))
            case ast.TupleExpr(elements=elements):
                return types.Tuple(tuple(self.build(body, element) for element in elements))
            case ast.FutureExpr(element=element):
                return types.Future(self.build_optional(body, element))
            case ast.StreamExpr(element=element):
                return types.Stream(self.build_optional(body, element))
            case ast.OwnExpr(resource=name):
                return types.Own(self._resource(body, name))
            case ast.BorrowExpr(resource=name):
                return types.Borrow(self._resource(body, name))
            case _:
                assert_never(expr)

    def build_optional(self, body: Body, expr: ast.TypeExpr | None) -> Type | None:
        """As `build`, for a payload that may be absent."""
        return None if expr is None else self.build(body, expr)

    def _reference(self, definition: TypeDefinition) -> Type:
        """A reference to a resource, directly or through aliases, means an own handle of what was named."""
        if isinstance(definition, types.Resource):
            return types.Own(definition)
        if isinstance(definition, types.Alias) and isinstance(self.models.base(definition), types.Resource):
            return types.Own(definition)
        return definition

    def _resource(self, body: Body, name: ast.Ident) -> types.Resource | types.Alias:
        definition = self._named(body, name)
        assert isinstance(definition, types.Resource | types.Alias), name.name
        return definition


def _first_anonymous(decl: TypeDecl) -> Span | None:
    """The first anonymous type of a definition, inner before outer: it shares the gate, and is judged first."""
    exprs = definition_types(decl)
    if isinstance(decl, ast.AliasDecl):
        exprs = parts(decl.type)
    return next((found for found in map(_innermost, exprs) if found is not None), None)


def _innermost(expr: ast.TypeExpr) -> Span | None:
    if isinstance(expr, ast.PrimitiveExpr | ast.NameExpr | ast.OwnExpr):
        return None
    inner = (_innermost(part) for part in parts(expr))
    return next((found for found in inner if found is not None), expr.span)


def _members(decl: TypeDecl) -> tuple[ast.Ident, ...]:
    match decl:
        case ast.RecordDecl(fields=fields):
            return tuple(f.name for f in fields)
        case ast.VariantDecl(cases=cases) | ast.EnumDecl(cases=cases):
            return tuple(c.name for c in cases)
        case ast.FlagsDecl(flags=flags):
            return tuple(f.name for f in flags)
        case ast.AliasDecl() | ast.ResourceDecl():
            return ()
