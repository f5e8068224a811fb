"""The local check of worlds: their types, the targets of includes, and what they import and export (WIT: worlds)."""

from __future__ import annotations

from ....dataclass import dataclass, field
from ...diagnostics import Diagnostics, Label, Span, codes
from ...syntax import ast
from .bodies import Body, interface_body, world_body
from .checking import Checker
from .scope import Item, Local


@dataclass(slots=True)
class _Side:
    """What one side of a world has so far: plain names with what they are, and interfaces under their own id."""

    verb: str
    names: dict[str, tuple[str, Span]] = field(default_factory=dict[str, "tuple[str, Span]"])
    interfaces: dict[Item, Span] = field(default_factory=dict[Item, Span])


def check_worlds(checker: Checker) -> None:
    """Check all worlds of a package, in dependency order."""
    for item in checker.scope.worlds:
        assert isinstance(item.decl, ast.WorldDecl)
        item.body = world_body(item.decl, item.file)
        _check_world(checker, item, item.decl, item.body)


def _check_world(checker: Checker, item: Local, world: ast.WorldDecl, body: Body) -> None:
    checker.check_types(body)
    for member in world.items:
        if isinstance(member, ast.IncludeDecl):
            checker.scope.find_world(member.path, item.file)
    imports = _Side("import", {name: ("type", entry.name.span) for name, entry in body.types.items()})
    exports = _Side("export")
    for member in world.items:
        match member:
            case ast.ImportDecl():
                _check_extern(checker, item, body, imports, member.extern)
            case ast.ExportDecl():
                _check_extern(checker, item, body, exports, member.extern)
            case ast.ResourceDecl():
                checker.check_members(body, member)
            case _:
                pass


def _check_extern(checker: Checker, item: Local, body: Body, side: _Side, extern: ast.Extern) -> None:
    match extern:
        case ast.ExternFunc(label=label, func=func):
            checker.check_function(body, func)
            _check_label(checker.diagnostics, side, label, "function")
        case ast.ExternInline(label=label):
            inline = interface_body(label, item.file, extern)
            item.inline[label.span] = inline
            checker.check_interface(inline)
            _check_label(checker.diagnostics, side, label, "interface")
        case ast.ExternPath(label=label, path=path):
            target = checker.scope.find_interface(path, item.file)
            if label is not None:
                _check_label(checker.diagnostics, side, label, "interface")
            elif target is not None:
                earlier = side.interfaces.setdefault(target, path.name.span)
                if earlier is not path.name.span:
                    checker.diagnostics.error(
                        codes.DUPLICATE_NAME,
                        f"interface `{path.name.name}` is {side.verb}ed more than once",
                        Label(path.name.span, f"{side.verb}ed again"),
                        Label(earlier, f"first {side.verb}ed here"),
                        help=(f"a label makes a second {side.verb} of it: `{side.verb} label: {path.name.name};`",),
                    )


def _check_label(diagnostics: Diagnostics, side: _Side, label: ast.Ident, kind: str) -> None:
    earlier = side.names.setdefault(label.name, (kind, label.span))
    if earlier[1] is not label.span:
        diagnostics.error(
            codes.DUPLICATE_NAME,
            f"{side.verb} `{label.name}` has the name of an earlier {earlier[0]}",
            Label(label.span, f"{side.verb}ed here"),
            Label(earlier[1], f"the {earlier[0]}"),
        )
