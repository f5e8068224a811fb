"""Builds the AST while the parser reduces: one method for each rule of `grammar/wit.lark`, with the rule's name.

A method takes the parts of its rule in their order, tokens included, and gives the node. Lists come as rules of their
own that skip the commas. Docs are found by the offset of an item's first token, gate included.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from ...dataclass import dataclass, replace
from ..diagnostics import Diagnostic, Label, Span, codes
from . import ast
from .attributes import AttributeExpr, combine_attributes
from .build_types import TypeBuilder
from .tokens import Token

_T = TypeVar("_T")
_D = TypeVar("_D")


@dataclass(frozen=True, slots=True)
class GateItem:
    """One attribute, and the offset of its `@`."""

    attribute: AttributeExpr
    start: int


@dataclass(frozen=True, slots=True)
class Gate:
    """The attributes of an item, and the offset of the first `@`."""

    attributes: ast.Attributes
    start: int


@dataclass(frozen=True, slots=True)
class PackageStart:
    """`package ns:name@version`, before its `;` or `{`: `start` is the offset of the keyword."""

    name: ast.PackageNameExpr
    start: int


@dataclass(frozen=True, slots=True)
class Params:
    """The parameters of a function, and the offset after their `)`."""

    params: tuple[ast.ParamExpr, ...]
    end: int


@dataclass(frozen=True, slots=True)
class Items(Generic[_T]):
    """The items of a body, and whether some were left out because of syntax errors."""

    items: tuple[_T, ...]
    broken: bool


def _items(items: tuple[_T | None, ...]) -> Items[_T]:
    kept = tuple(item for item in items if item is not None)
    return Items(kept, len(kept) != len(items))


def _listed(_builder: Builder, *parts: _T) -> tuple[_T, ...]:
    """The items of a list, without the commas between them."""
    return parts[::2]


def _braced(
    decl: Callable[[ast.Ident, tuple[_T, ...], str | None, ast.Attributes, Span], _D],
) -> Callable[[Builder, Gate | None, Token, ast.Ident, Token, tuple[_T, ...], Token], _D]:
    """The method for a definition `keyword name { … }`, which gives a `decl`."""

    def item(
        builder: Builder,
        gate: Gate | None,
        keyword: Token,
        name: ast.Ident,
        _open: Token,
        members: tuple[_T, ...],
        close: Token,
    ) -> _D:
        return decl(name, members, *builder.common(gate, keyword, close))

    return item


class Builder(TypeBuilder):
    """The methods that the parser calls. `begin` gives it the next text."""

    # Top-level items ------------------------------------------------------------------------------------------------

    def wit_file(self, header: ast.PackageHeader | None, items: Items[ast.FileItemDecl]) -> ast.FileDecl:
        misplaced = len(self.late)
        kept = tuple(
            self._refuse_nested(item) if isinstance(item, ast.NestedPackageDecl) else item for item in items.items
        )
        broken = items.broken or len(self.late) > misplaced
        return ast.FileDecl(header, kept, self._span(0, len(self._source.text)), broken)

    def broken_item(self, _broken: Token) -> None:
        return None

    def _refuse_nested(self, package: ast.NestedPackageDecl) -> ast.NestedPackageDecl:
        """Report the packages inside a nested package, and leave them out."""
        misplaced = [item for item in package.items if isinstance(item, ast.NestedPackageDecl)]
        # The reference parser looks at this before it looks at any attribute.
        self.late[:0] = [
            Diagnostic(
                codes.MISPLACED_PACKAGE,
                "a nested package must be at the top level of a file",
                (Label(item.name.span), Label(package.name.span, "this package is around it")),
            )
            for item in misplaced
        ]
        if not misplaced:
            return package
        return replace(
            package, items=tuple(item for item in package.items if not isinstance(item, ast.NestedPackageDecl))
        )

    def package_header(self, package: PackageStart, semicolon: Token) -> ast.PackageHeader:
        comments = self._comments.get(package.start)
        docs_span: Span | None = None
        if comments is not None:
            start, end = comments[0]
            docs_span = self._span(start, start + len(self._source.text[start:end].rstrip()))
        return ast.PackageHeader(
            package.name, self._docs(package.start), docs_span, self._span(package.start, semicolon.end)
        )

    def nested_package_definition(
        self, package: PackageStart, _open: Token, items: Items[ast.FileItemDecl], close: Token
    ) -> ast.NestedPackageDecl:
        span = self._span(package.start, close.end)
        return ast.NestedPackageDecl(package.name, items.items, self._docs(package.start), span, items.broken)

    def file_items(self, *items: ast.FileItemDecl | None) -> Items[ast.FileItemDecl]:
        return _items(items)

    # Feature gates --------------------------------------------------------------------------------------------------

    def gate(self, *items: GateItem) -> Gate:
        return Gate(combine_attributes([item.attribute for item in items], self.late), items[0].start)

    def unstable_gate(self, at: Token, name: Token, _open: Token, feature: ast.Ident, _close: Token) -> GateItem:
        return GateItem(ast.UnstableExpr(feature, self._of(name)), at.start)

    def since_gate(self, at: Token, name: Token, _open: Token, version: ast.VersionExpr, _close: Token) -> GateItem:
        return GateItem(ast.SinceExpr(version, self._of(name)), at.start)

    def deprecated_gate(
        self, at: Token, name: Token, _open: Token, version: ast.VersionExpr, _close: Token
    ) -> GateItem:
        return GateItem(ast.DeprecatedExpr(version, self._of(name)), at.start)

    def external_id(self, at: Token, name: Token, _open: Token, text: Token, _close: Token) -> GateItem:
        return GateItem(ast.ExternalIdExpr(text.text, self._of(name)), at.start)

    def feature_field(self, _feature: Token, _equals: Token, name: ast.Ident) -> ast.Ident:
        return name

    def version_field(self, _version: Token, _equals: Token, version: ast.VersionExpr) -> ast.VersionExpr:
        return version

    # Package declaration --------------------------------------------------------------------------------------------

    def package_decl(
        self,
        keyword: Token,
        namespace: ast.Ident,
        _colon: Token,
        name: ast.Ident,
        _at: Token | None,
        version: ast.VersionExpr | None,
    ) -> PackageStart:
        last = name.span if version is None else version.span
        span = self._span(namespace.span.start, last.end)
        return PackageStart(ast.PackageNameExpr(namespace, name, version, span), keyword.start)

    # toplevel-use ---------------------------------------------------------------------------------------------------

    def toplevel_use_item(
        self,
        gate: Gate | None,
        keyword: Token,
        path: ast.PathExpr,
        _as: Token | None,
        alias: ast.Ident | None,
        semicolon: Token,
    ) -> ast.TopUseDecl:
        start, _, attributes = self._head(gate, keyword.start)
        return ast.TopUseDecl(path, alias, self._span(start, semicolon.end), attributes)

    def local_path(self, name: ast.Ident) -> ast.PathExpr:
        return ast.PathExpr(None, name, name.span)

    def foreign_path(
        self,
        namespace: ast.Ident,
        _colon: Token,
        package: ast.Ident,
        _slash: Token,
        name: ast.Ident,
        _at: Token | None,
        version: ast.VersionExpr | None,
    ) -> ast.PathExpr:
        last = name.span if version is None else version.span
        in_package = ast.PackageNameExpr(namespace, package, version, namespace.span.to(package.span))
        return ast.PathExpr(in_package, name, namespace.span.to(last))

    # world ----------------------------------------------------------------------------------------------------------

    def _head(self, gate: Gate | None, start: int) -> tuple[int, str | None, ast.Attributes]:
        """Where an item starts, its docs and its attributes, by its gate and the start of what follows the gate."""
        if gate is not None:
            return gate.start, self._docs(gate.start), gate.attributes
        return start, self._docs(start), ast.NO_ATTRIBUTES

    def common(self, gate: Gate | None, keyword: Token, close: Token) -> tuple[str | None, ast.Attributes, Span]:
        """What every declaration has: the docs, attributes and span of an item from its gate to its last token."""
        start, docs, attributes = self._head(gate, keyword.start)
        return docs, attributes, self._span(start, close.end)

    def world_item(
        self,
        gate: Gate | None,
        keyword: Token,
        name: ast.Ident,
        _open: Token,
        items: Items[ast.WorldItemDecl],
        close: Token,
    ) -> ast.WorldDecl:
        return ast.WorldDecl(name, items.items, *self.common(gate, keyword, close), items.broken)

    def world_items(self, *items: ast.WorldItemDecl | None) -> Items[ast.WorldItemDecl]:
        return _items(items)

    def export_item(self, gate: Gate | None, keyword: Token, extern: ast.Extern) -> ast.ExportDecl:
        start, docs, attributes = self._head(gate, keyword.start)
        return ast.ExportDecl(extern, docs, attributes, self._span(start, extern.span.end))

    def import_item(self, gate: Gate | None, keyword: Token, extern: ast.Extern) -> ast.ImportDecl:
        start, docs, attributes = self._head(gate, keyword.start)
        return ast.ImportDecl(extern, docs, attributes, self._span(start, extern.span.end))

    def extern_func(self, label: ast.Ident, _colon: Token, func: ast.FuncExpr, semicolon: Token) -> ast.ExternFunc:
        return ast.ExternFunc(label, func, self._span(label.span.start, semicolon.end))

    def extern_inline(
        self,
        label: ast.Ident,
        _colon: Token,
        _interface: Token,
        _open: Token,
        items: Items[ast.InterfaceItemDecl],
        close: Token,
    ) -> ast.ExternInline:
        return ast.ExternInline(label, items.items, self._span(label.span.start, close.end), items.broken)

    def extern_labelled(self, label: ast.Ident, _colon: Token, path: ast.PathExpr, semicolon: Token) -> ast.ExternPath:
        return ast.ExternPath(label, path, self._span(label.span.start, semicolon.end))

    def extern_path(self, path: ast.PathExpr, semicolon: Token) -> ast.ExternPath:
        return ast.ExternPath(None, path, self._span(path.span.start, semicolon.end))

    # include --------------------------------------------------------------------------------------------------------

    def include_item(self, gate: Gate | None, keyword: Token, path: ast.PathExpr, semicolon: Token) -> ast.IncludeDecl:
        start, _, attributes = self._head(gate, keyword.start)
        return ast.IncludeDecl(path, (), attributes, self._span(start, semicolon.end))

    def include_with_item(
        self,
        gate: Gate | None,
        keyword: Token,
        path: ast.PathExpr,
        _with: Token,
        _open: Token,
        renames: tuple[ast.UsedName, ...],
        close: Token,
    ) -> ast.IncludeDecl:
        start, _, attributes = self._head(gate, keyword.start)
        return ast.IncludeDecl(path, renames, attributes, self._span(start, close.end))

    include_names_list = _listed

    def include_names_item(self, name: ast.Ident, _as: Token, alias: ast.Ident) -> ast.UsedName:
        return ast.UsedName(name, alias)

    # interface ------------------------------------------------------------------------------------------------------

    def interface_item(
        self,
        gate: Gate | None,
        keyword: Token,
        name: ast.Ident,
        _open: Token,
        items: Items[ast.InterfaceItemDecl],
        close: Token,
    ) -> ast.InterfaceDecl:
        return ast.InterfaceDecl(name, items.items, *self.common(gate, keyword, close), items.broken)

    def interface_items(self, *items: ast.InterfaceItemDecl | None) -> Items[ast.InterfaceItemDecl]:
        return _items(items)

    def func_item(
        self, gate: Gate | None, name: ast.Ident, _colon: Token, func: ast.FuncExpr, semicolon: Token
    ) -> ast.FuncDecl:
        start, docs, attributes = self._head(gate, name.span.start)
        return ast.FuncDecl(name, func, docs, attributes, self._span(start, semicolon.end))

    def func_type(
        self,
        is_async: Token | None,
        keyword: Token,
        params: Params,
        _arrow: Token | None,
        result: ast.TypeExpr | None,
    ) -> ast.FuncExpr:
        start = keyword.start if is_async is None else is_async.start
        end = params.end if result is None else result.span.end
        return ast.FuncExpr(is_async is not None, params.params, result, self._span(start, end))

    def param_list(self, _open: Token, params: tuple[ast.ParamExpr, ...], close: Token) -> Params:
        return Params(params, close.end)

    named_type_list = _listed

    def named_type(self, name: ast.Ident, _colon: Token, type: ast.TypeExpr) -> ast.ParamExpr:
        return ast.ParamExpr(name, type)

    # use ------------------------------------------------------------------------------------------------------------

    def use_item(
        self,
        gate: Gate | None,
        keyword: Token,
        path: ast.PathExpr,
        _dot: Token,
        _open: Token,
        names: tuple[ast.UsedName, ...],
        _close: Token,
        semicolon: Token,
    ) -> ast.UseDecl:
        start, _, attributes = self._head(gate, keyword.start)
        return ast.UseDecl(path, names, attributes, self._span(start, semicolon.end))

    use_names_list = _listed

    def use_names_item(self, name: ast.Ident, _as: Token | None, alias: ast.Ident | None) -> ast.UsedName:
        return ast.UsedName(name, alias)

    # Type definitions -----------------------------------------------------------------------------------------------

    def type_item(
        self,
        gate: Gate | None,
        keyword: Token,
        name: ast.Ident,
        _equals: Token,
        type: ast.TypeExpr,
        semicolon: Token,
    ) -> ast.AliasDecl:
        return ast.AliasDecl(name, type, *self.common(gate, keyword, semicolon))

    record_item = _braced(ast.RecordDecl)

    record_fields = _listed

    def record_field(self, name: ast.Ident, _colon: Token, type: ast.TypeExpr) -> ast.FieldDecl:
        return ast.FieldDecl(name, type, self._docs(name.span.start))

    flags_items = _braced(ast.FlagsDecl)

    flags_fields = _listed

    variant_items = _braced(ast.VariantDecl)

    variant_cases = _listed

    def payload_case(self, name: ast.Ident, _open: Token, type: ast.TypeExpr, _close: Token) -> ast.CaseDecl:
        return ast.CaseDecl(name, type, self._docs(name.span.start))

    enum_items = _braced(ast.EnumDecl)

    enum_cases = _listed

    def plain_case(self, name: ast.Ident) -> ast.CaseDecl:
        return ast.CaseDecl(name, None, self._docs(name.span.start))

    def opaque_resource_item(
        self, gate: Gate | None, keyword: Token, name: ast.Ident, semicolon: Token
    ) -> ast.ResourceDecl:
        return ast.ResourceDecl(name, (), *self.common(gate, keyword, semicolon))

    resource_item = _braced(ast.ResourceDecl)

    def resource_methods(self, *members: ast.ResourceMemberDecl | None) -> tuple[ast.ResourceMemberDecl, ...]:
        return tuple(member for member in members if member is not None)

    def method(
        self, gate: Gate | None, name: ast.Ident, _colon: Token, func: ast.FuncExpr, semicolon: Token
    ) -> ast.MethodDecl:
        start, docs, attributes = self._head(gate, name.span.start)
        return ast.MethodDecl(name, func, docs, attributes, self._span(start, semicolon.end))

    def static_method(
        self, gate: Gate | None, name: ast.Ident, _colon: Token, _static: Token, func: ast.FuncExpr, semicolon: Token
    ) -> ast.StaticDecl:
        start, docs, attributes = self._head(gate, name.span.start)
        return ast.StaticDecl(name, func, docs, attributes, self._span(start, semicolon.end))

    def constructor(
        self,
        gate: Gate | None,
        keyword: Token,
        params: Params,
        _arrow: Token | None,
        result: ast.TypeExpr | None,
        semicolon: Token,
    ) -> ast.ConstructorDecl:
        start, docs, attributes = self._head(gate, keyword.start)
        end = params.end if result is None else result.span.end
        func = ast.FuncExpr(False, params.params, result, self._span(keyword.start, end))
        return ast.ConstructorDecl(self._of(keyword), func, docs, attributes, self._span(start, semicolon.end))
