"""The local check of one package: everything that can be reported without its dependencies (WIT: types, resources).

Reports in the reference parser's order: interfaces in dependency order, each types first, then functions; then worlds
(`check_worlds`). Findings that are witgen's own (the reference accepts the text) go to `late`, so that they never come
before one of the reference's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ....dataclass import dataclass
from ...diagnostics import Diagnostics, Label, Span, codes
from ...syntax import ast
from .bodies import (
    Body,
    TypeDecl,
    Used,
    build_body,
    definition_types,
    interface_body,
    parts,
    report_duplicate,
    report_unknown,
)
from .scope import Foreign, PackageScope

_MAP_KEYS = ("bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "char", "string")

Handle = ast.OwnExpr | ast.BorrowExpr


@dataclass(frozen=True, slots=True)
class PendingHandle:
    """A handle of a type of another package: whether that is a resource is not known yet."""

    body: Body
    resource: ast.Ident


@dataclass(slots=True)
class Checker:
    """The state of one package's check: its scope, where findings go, and what has to wait for other packages."""

    scope: PackageScope
    late: Diagnostics
    pending: list[PendingHandle]

    @property
    def diagnostics(self) -> Diagnostics:
        """Where the reference's findings go."""
        return self.scope.diagnostics

    def check_interfaces(self) -> None:
        """Check all interfaces, in dependency order."""
        for item in self.scope.interfaces:
            assert isinstance(item.decl, ast.InterfaceDecl)
            item.body = interface_body(item.decl.name, item.file, item.decl)
            self.check_interface(item.body)

    def check_interface(self, body: Body) -> None:
        """Check the body of an interface: its types, then its functions in source order."""
        self.check_types(body)
        seen: dict[str, ast.Ident] = {name: entry.name for name, entry in body.types.items()}
        for item in body.items:
            if isinstance(item, ast.FuncDecl):
                if item.name.name in seen:
                    report_duplicate(self.scope, body, item.name, seen[item.name.name])
                seen.setdefault(item.name.name, item.name)
                self.check_function(body, item.func)
            elif isinstance(item, ast.ResourceDecl):
                self.check_members(body, item)

    def check_types(self, body: Body) -> None:
        """Bind the names of a body and check its type definitions, in dependency order."""
        build_body(body, self.scope)
        for name in body.order:
            entry = body.types[name]
            if isinstance(entry, Used):
                body.resources[name] = _used_resource(entry)
            else:
                self._check_definition(body, entry)
                body.resources[name] = _is_resource(body, entry)

    def check_members(self, body: Body, resource: ast.ResourceDecl) -> None:
        """Check the signatures of a resource's functions."""
        for member in resource.members:
            match member:
                case ast.MethodDecl():
                    self.check_function(body, member.func, is_method=True)
                case ast.StaticDecl():
                    self.check_function(body, member.func)
                case ast.ConstructorDecl():
                    self.check_function(body, member.func)
                    if member.func.result is not None:
                        self._check_constructed(body, resource, member.func.result)

    def check_function(self, body: Body, func: ast.FuncExpr, *, is_method: bool = False) -> None:
        """Check a signature: each parameter, its name before its type, then the result."""
        seen: dict[str, ast.Ident | None] = {"self": None} if is_method else {}
        clashes: list[tuple[ast.Ident, ast.Ident | None]] = []
        folded: dict[str, ast.Ident | None] = dict(seen)
        for param in func.params:
            name = param.name
            if name.name in seen:
                self._report_param(self.diagnostics, name, seen[name.name])
            elif name.name.casefold() in folded:
                clashes.append((name, folded[name.name.casefold()]))
            seen.setdefault(name.name, name)
            folded.setdefault(name.name.casefold(), name)
            self._check_type(body, param.type, in_signature=True)
        for name, earlier in clashes:
            self._report_param(self.late, name, earlier)
        if func.result is not None:
            self._check_type(body, func.result, in_signature=True)

    def _report_param(self, to: Diagnostics, name: ast.Ident, earlier: ast.Ident | None) -> None:
        if earlier is None:
            to.error(
                codes.DUPLICATE_NAME,
                f"a method already has a parameter `{name.name}`",
                Label(name.span, "named again"),
                notes=("every method takes its resource as the parameter `self`",),
            )
        else:
            self._report_member(to, "parameter", name, earlier)

    def _report_member(self, to: Diagnostics, kind: str, name: ast.Ident, earlier: ast.Ident) -> None:
        notes = () if name.name == earlier.name else ("names that differ only in upper and lower case are the same",)
        to.error(
            codes.DUPLICATE_NAME,
            f"there is more than one {kind} `{name.name}`",
            Label(name.span, "named again"),
            Label(earlier.span, "first named here"),
            notes=notes,
        )

    def _check_definition(self, body: Body, decl: TypeDecl) -> None:
        match decl:
            case ast.AliasDecl():
                pass
            case ast.RecordDecl(fields=fields):
                self._check_distinct("field", (f.name for f in fields))
            case ast.VariantDecl(cases=cases):
                self._check_not_empty("variant", decl)
                self._check_distinct("case", (c.name for c in cases))
            case ast.EnumDecl(cases=cases):
                self._check_not_empty("enum", decl)
                self._check_distinct("case", (c.name for c in cases))
            case ast.FlagsDecl(flags=flags):
                self._check_distinct("flag", (f.name for f in flags))
            case ast.ResourceDecl():
                self._check_member_names(decl)
        for expr in definition_types(decl):
            self._check_type(body, expr)

    def _check_not_empty(self, kind: str, decl: ast.VariantDecl | ast.EnumDecl) -> None:
        if not decl.cases:
            self.diagnostics.error(
                codes.EMPTY_TYPE, f"{kind} `{decl.name.name}` has no case", Label(decl.name.span, "needs a case")
            )

    def _check_distinct(self, kind: str, names: Iterable[ast.Ident]) -> None:
        seen: dict[str, ast.Ident] = {}
        for name in names:
            earlier = seen.setdefault(name.name.casefold(), name)
            if earlier is not name:
                self._report_member(self.late, kind, name, earlier)

    def _check_member_names(self, resource: ast.ResourceDecl) -> None:
        seen: dict[str, ast.Ident] = {}
        constructor: ast.ConstructorDecl | None = None
        for member in resource.members:
            if isinstance(member, ast.ConstructorDecl):
                if constructor is not None:
                    self.diagnostics.error(
                        codes.DUPLICATE_NAME,
                        f"resource `{resource.name.name}` has more than one constructor",
                        Label(member.keyword, "a second constructor"),
                        Label(constructor.keyword, "the first"),
                        help=("a static function can return the resource too",),
                    )
                constructor = constructor or member
                continue
            earlier = seen.setdefault(member.name.name, member.name)
            if earlier is not member.name:
                self.diagnostics.error(
                    codes.DUPLICATE_NAME,
                    f"resource `{resource.name.name}` has more than one function `{member.name.name}`",
                    Label(member.name.span, "defined again"),
                    Label(earlier.span, "first defined here"),
                )

    def _check_type(self, body: Body, expr: ast.TypeExpr, *, in_signature: bool = False) -> None:
        """Check one type expression, inner types first; unknown names of definitions were reported with the body."""
        for part in _inside_out(expr):
            match part:
                case ast.NameExpr(name=name):
                    if in_signature and name.name not in body.types:
                        report_unknown(self.scope, body, name)
                case ast.OwnExpr(resource=name) | ast.BorrowExpr(resource=name):
                    if name.name in body.types:
                        self._check_handle(body, name)
                    elif in_signature:
                        report_unknown(self.scope, body, name)
                case ast.MapExpr(key=key, keyword=keyword):
                    if not (isinstance(key, ast.PrimitiveExpr) and key.name in _MAP_KEYS):
                        self.diagnostics.error(
                            codes.INVALID_MAP_KEY,
                            "this type cannot be the key of a map",
                            Label(keyword),
                            Label(key.span, "not a key type"),
                            notes=(f"a key must be one of {', '.join(_MAP_KEYS)}; aliases of these are not allowed",),
                        )
                case _:
                    pass

    def _check_handle(self, body: Body, name: ast.Ident) -> None:
        known = body.resources.get(name.name)
        if known is None:
            self.pending.append(PendingHandle(body, name))
        elif not known:
            report_no_resource(self.diagnostics, name, body.types[name.name].name)

    def _check_constructed(self, body: Body, resource: ast.ResourceDecl, written: ast.TypeExpr) -> None:
        """A constructor's declared result is a `result` whose ok type is the resource itself.

        It may be reached by one alias of the same body, not by more; an alias of the resource is not the resource.
        """
        result = written
        if isinstance(written, ast.NameExpr):
            entry = body.types.get(written.name.name)
            if entry is None:
                return  # reported as unknown
            result = entry.type if isinstance(entry, ast.AliasDecl) else written
        if not isinstance(result, ast.ResultExpr):
            self.diagnostics.error(
                codes.INVALID_CONSTRUCTOR,
                "the declared result of a constructor must be a `result`",
                Label(_place(written), "not a `result`"),
                help=(f"leave the result out, or write `-> result<{resource.name.name}, …>`",),
            )
            return
        match result.ok:
            case ast.NameExpr(name=name) | ast.OwnExpr(resource=name) if name.name == resource.name.name:
                return
            case _:
                pass
        place = result.keyword if result is written else written.span
        if result is written and result.ok is not None:
            place = _place(result.ok)
        self.diagnostics.error(
            codes.INVALID_CONSTRUCTOR,
            f"the ok type of this constructor must be `{resource.name.name}`",
            Label(place, "must be the resource that is constructed"),
            Label(resource.name.span, "the resource"),
        )


def report_no_resource(diagnostics: Diagnostics, name: ast.Ident, *defined: ast.Ident) -> None:
    """Report a handle of something that is not a resource."""
    diagnostics.error(
        codes.NOT_A_RESOURCE,
        f"`{name.name}` is not a resource, so there is no handle of it",
        Label(name.span, "a resource is wanted here"),
        *(Label(ident.span, "not a resource") for ident in defined),
    )


def _place(expr: ast.TypeExpr) -> Span:
    """Where the reference parser points for a type: for `own` and `borrow` at the name inside."""
    return expr.resource.span if isinstance(expr, ast.OwnExpr | ast.BorrowExpr) else expr.span


def _inside_out(expr: ast.TypeExpr) -> Iterator[ast.TypeExpr]:
    for part in parts(expr):
        yield from _inside_out(part)
    yield expr


def _is_resource(body: Body, decl: TypeDecl) -> bool | None:
    match decl:
        case ast.ResourceDecl():
            return True
        case ast.AliasDecl(type=ast.NameExpr(name=name)):
            return body.resources.get(name.name)
        case _:
            return False


def _used_resource(entry: Used) -> bool | None:
    if entry.item is None or isinstance(entry.item, Foreign) or entry.item.body is None:
        return None
    return entry.item.body.resources.get(entry.used.name.name)
