"""AST signatures to resolved functions, with the names they have in a component (WIT: functions, resources)."""

from __future__ import annotations

from collections.abc import Iterator

from ....component import types
from ....component.items import Constructor, Freestanding, Function, FunctionKind, Interface, Method, Param, Static
from ....dataclass import dataclass
from ...diagnostics import Label, Span, codes
from ...syntax import ast
from . import gates
from .bodies import Body
from .building_types import TypeBuilder
from .gates import Removed
from .models import Absent


@dataclass(frozen=True, slots=True)
class _Signature:
    """What there is to say of one function, wherever it is."""

    name: str
    at: Span
    func: ast.FuncExpr
    kind: FunctionKind
    docs: str | None
    attributes: ast.Attributes


@dataclass(slots=True)
class FunctionBuilder:
    """Builds the functions of one package."""

    types: TypeBuilder

    def build_interface(self, body: Body, interface: Interface) -> None:
        """Fill in the types and functions of an interface that is kept."""
        for name in body.order:
            definition = self.types.models.types[body][name]
            if not isinstance(definition, Absent):
                interface.types[name] = definition
        for item in body.items:
            if isinstance(item, ast.FuncDecl):
                function = self.build_freestanding(body, item.name, item.func, item.docs, item.attributes)
                if function is not None:
                    interface.functions.setdefault(function.name, function)
            elif isinstance(item, ast.ResourceDecl):
                for function in self.build_members(body, item):
                    interface.functions.setdefault(function.name, function)

    def build_freestanding(
        self, body: Body, name: ast.Ident, func: ast.FuncExpr, docs: str | None, attributes: ast.Attributes
    ) -> Function | None:
        """A function of an interface or world; None: left out, or broken and reported."""
        if self.types.gates.judge(attributes, name.span) is not None:
            return None
        return self._build(body, _Signature(name.name, name.span, func, Freestanding(), docs, attributes))

    def build_members(self, body: Body, decl: ast.ResourceDecl) -> Iterator[Function]:
        """The functions of a resource, in source order."""
        resource = self.types.models.types[body][decl.name.name]
        for member in decl.members:
            at = member.keyword if isinstance(member, ast.ConstructorDecl) else member.name.span
            if self.types.gates.judge(member.attributes, at) is not None:
                continue
            if isinstance(resource, Removed):
                self.types.report_removed(resource, decl.name, at)
            if isinstance(resource, types.Resource):
                function = self._build(body, _member_signature(resource, member, at))
                if function is not None:
                    yield function

    def _build(self, body: Body, signature: _Signature) -> Function | None:
        func = signature.func
        exprs = [param.type for param in func.params] + ([] if func.result is None else [func.result])
        if self.types.check_references(body, exprs, signature.at) is not None:
            return None
        params = tuple(Param(param.name.name, self.types.build(body, param.type)) for param in func.params)
        result = self.types.build_optional(body, func.result)
        match signature.kind:
            case Method(resource=resource):
                params = (Param("self", types.Borrow(resource)), *params)
            case Constructor(resource=resource) if result is None:
                result = types.Own(resource)
            case _:
                pass
        if result is not None and self.types.models.holds_borrow(result):
            self._report_borrow(signature)
            return None
        attributes = signature.attributes
        function = Function(
            signature.name,
            signature.kind,
            func.is_async,
            params,
            result,
            signature.docs,
            gates.stability(attributes),
            gates.external_id(attributes),
        )
        self.types.models.spans.put(function, signature.at)
        for param in func.params:
            self.types.models.spans.put_member(function, param.name.name, param.name.span)
        return function

    def _report_borrow(self, signature: _Signature) -> None:
        labels = [Label(signature.at)]
        if signature.func.result is not None:
            labels.append(Label(signature.func.result.span, "there is a `borrow` in this type"))
        self.types.models.diagnostics.error(
            codes.BORROW_IN_RESULT,
            f"the result of `{signature.name}` holds a `borrow`",
            *labels,
            notes=("a borrowed handle is valid only during the call it is passed to",),
        )


def _member_signature(resource: types.Resource, member: ast.ResourceMemberDecl, at: Span) -> _Signature:
    name: str
    kind: FunctionKind
    match member:
        case ast.ConstructorDecl():
            name, kind = f"[constructor]{resource.name}", Constructor(resource)
        case ast.MethodDecl():
            name, kind = f"[method]{resource.name}.{member.name.name}", Method(resource)
        case ast.StaticDecl():
            name, kind = f"[static]{resource.name}.{member.name.name}", Static(resource)
    return _Signature(name, at, member.func, kind, member.docs, member.attributes)
