"""Generated Python as data again: what tests of the planners look at is the text that users get."""

from __future__ import annotations

import ast

from tests.models import HEADER
from witgen.compiler.emit.pymodel import (
    PyAssign,
    PyClass,
    PyEnum,
    PyField,
    PyFunction,
    PyImport,
    PyImportBlock,
    PyImportedName,
    PyItem,
    PyMember,
    PyModule,
    PyPackage,
    PyParam,
    PyText,
)
from witgen.compiler.emit.render import render_module
from witgen.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class ReadFunction(PyFunction):
    """A method with the statements after its docstring."""

    body: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadClass(PyClass):
    """A class with its methods."""

    methods: tuple[ReadFunction, ...] = ()


def read_module(package: PyPackage, path: str) -> PyModule:
    """The module at `path` of a planned package, rendered and read; functions outside classes are passed over."""
    (found,) = (module for module in package.modules if module.path == path)
    return _Reader(render_module(found, HEADER, "").text).module(path)


class _Reader:
    """Reads one module; strings are as they are in its text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = text.encode().splitlines(keepends=True)

    def module(self, path: str) -> PyModule:
        doc, statements = self._documented(ast.parse(self._text).body)
        imports: list[PyImport] = []
        checking: list[PyImport] = []
        exported: tuple[str, ...] = ()
        items: list[PyItem] = []
        for i, node in enumerate(statements):
            match node:
                case ast.Import() | ast.ImportFrom():
                    imports.append(self._import(node))
                case ast.If():
                    checking += [self._import(n) for n in node.body if isinstance(n, ast.Import | ast.ImportFrom)]
                    items += [self._assign(n.targets[0], n.value, "") for n in node.body if isinstance(n, ast.Assign)]
                case ast.Assign(targets=[ast.Name("__all__")], value=value):
                    exported = tuple(ast.literal_eval(value))
                case ast.Assign(targets=[target], value=value):
                    items.append(self._assign(target, value, self._after(statements, i)))
                case ast.ClassDef():
                    items.append(self._class(node))
                case ast.FunctionDef():
                    pass
                case ast.Expr(ast.Constant(str())):
                    pass  # of the assignment before it
                case _:
                    raise AssertionError(self._of(node))
        blocks = ((PyImportBlock(tuple(imports)),), (PyImportBlock(tuple(checking)),) if checking else ())
        return PyModule(path, doc, *blocks, exported, tuple(items))

    def _of(self, node: ast.AST | None) -> str:
        if not isinstance(node, ast.expr | ast.stmt):
            return ""
        assert node.end_lineno is not None and node.end_col_offset is not None
        lines = self._lines[node.lineno - 1 : node.end_lineno]
        lines[-1] = lines[-1][: node.end_col_offset]
        lines[0] = lines[0][node.col_offset :]
        return b"".join(lines).decode()

    @staticmethod
    def _import(node: ast.Import | ast.ImportFrom) -> PyImport:
        names = tuple(PyImportedName(name.name, name.asname or "") for name in node.names)
        if isinstance(node, ast.Import):
            return PyImport(names[0].name)
        return PyImport("." * node.level + (node.module or ""), names)

    def _assign(self, target: ast.expr, value: ast.expr, docstring: str) -> PyItem:
        text = self._of(value)
        if text.startswith('"""\\\n'):
            return PyText(self._of(target), text.removeprefix('"""\\\n').removesuffix('"""'), docstring)
        return PyAssign(self._of(target), text, docstring=docstring)

    def _documented(self, body: list[ast.stmt]) -> tuple[str, list[ast.stmt]]:
        match body:
            case [ast.Expr(ast.Constant(str()) as doc), *rest]:
                return self._docstring(doc), rest
            case _:
                return "", body

    def _after(self, body: list[ast.stmt], place: int) -> str:
        return self._documented(body[place + 1 :])[0]

    def _docstring(self, node: ast.expr) -> str:
        lines = self._of(node).removeprefix('"""').removesuffix('"""').split("\n")
        indent = " " * node.col_offset
        return "\n".join([lines[0], *(line.removeprefix(indent) for line in lines[1:])]).removesuffix("\n")

    def _class(self, node: ast.ClassDef) -> ReadClass | PyEnum:
        doc, body = self._documented(node.body)
        bases = tuple(map(self._of, node.bases))
        if bases and bases[0].endswith((".Enum", ".Flag")):
            members = tuple(
                PyMember(self._of(n.targets[0]), self._of(n.value), self._after(body, i))
                for i, n in enumerate(body)
                if isinstance(n, ast.Assign)
            )
            return PyEnum(node.name, bases[0], members, doc)
        fields = tuple(
            PyField(self._of(n.target), self._of(n.annotation), self._of(n.value), self._after(body, i))
            for i, n in enumerate(body)
            if isinstance(n, ast.AnnAssign)
        )
        functions = tuple(self._function(n) for n in body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
        return ReadClass(node.name, bases, doc, tuple(map(self._of, node.decorator_list)), fields, functions)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ReadFunction:
        doc, body = self._documented(node.body)
        given = node.args
        first = [*given.posonlyargs, *given.args]
        defaults = [*[None] * (len(first) - len(given.defaults)), *given.defaults]
        params = [self._param(arg, default) for arg, default in zip(first, defaults, strict=True)]
        if given.posonlyargs:
            params.insert(len(given.posonlyargs), PyParam("/"))
        if given.kwonlyargs:
            params.append(PyParam("*"))
        params += [self._param(a, d) for a, d in zip(given.kwonlyargs, given.kw_defaults, strict=True)]
        if given.kwarg is not None:
            params.append(PyParam(f"**{given.kwarg.arg}", self._of(given.kwarg.annotation)))
        statements = tuple(self._of(n) for n in body if self._of(n) != "...")
        marks = tuple(map(self._of, node.decorator_list))
        is_async = isinstance(node, ast.AsyncFunctionDef)
        return ReadFunction(node.name, tuple(params), self._of(node.returns), doc, marks, is_async, statements)

    def _param(self, arg: ast.arg, default: ast.expr | None) -> PyParam:
        return PyParam(arg.arg, self._of(arg.annotation), self._of(default))
