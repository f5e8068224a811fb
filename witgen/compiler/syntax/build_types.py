"""Builds the AST of types, identifiers and versions: the part of the builder that `build.py` extends to items."""

from __future__ import annotations

from ..diagnostics import Diagnostic, Source, Span
from . import ast
from .docs import docs_text
from .tokens import Token


class TypeBuilder:
    """The text that is being built for, and the methods for rules from `version` to `id`."""

    def __init__(self) -> None:
        self.begin(Source("", ""), {})

    def begin(self, source: Source, comments: dict[int, list[tuple[int, int]]]) -> None:
        """Build nodes for `source` from now on; `comments` are its runs of comments, by the offset after each."""
        self._source = source
        self._comments = comments
        # What is wrong with a text that follows the grammar: reported only if it does so to its end.
        self.late: list[Diagnostic] = []

    def _span(self, start: int, end: int) -> Span:
        return Span(self._source, start, end)

    def _of(self, token: Token) -> Span:
        return Span(self._source, token.start, token.end)

    def _docs(self, start: int) -> str | None:
        """The docs of the item that starts at `start`, gate included; None where no comment is before it."""
        comments = self._comments.get(start)
        if comments is None:
            return None
        text = self._source.text
        return docs_text([text[a:b] for a, b in comments])

    # Versions -------------------------------------------------------------------------------------------------------

    def version(
        self,
        major: Token,
        _dot: Token,
        _minor: Token,
        _second_dot: Token,
        patch: Token,
        pre_release: Token | None,
        build: Token | None,
    ) -> ast.VersionExpr:
        last = build or pre_release or patch
        return ast.VersionExpr(self._source.text[major.start : last.end], self._span(major.start, last.end))

    def pre_release(self, _minus: Token, *parts: Token) -> Token | None:
        return parts[-1] if parts else None

    def build(self, _plus: Token, *parts: Token) -> Token | None:
        return parts[-1] if parts else None

    # Types ----------------------------------------------------------------------------------------------------------

    def primitive(self, keyword: Token) -> ast.PrimitiveExpr:
        return ast.PrimitiveExpr(keyword.text, self._of(keyword))

    def tuple_type(
        self, keyword: Token, _open: Token, elements: tuple[ast.TypeExpr, ...], close: Token
    ) -> ast.TupleExpr:
        return ast.TupleExpr(elements, self._span(keyword.start, close.end))

    def tuple_list(self, *elements: ast.TypeExpr) -> tuple[ast.TypeExpr, ...]:
        return elements[::2]

    def list_type(self, keyword: Token, _open: Token, element: ast.TypeExpr, close: Token) -> ast.ListExpr:
        return ast.ListExpr(element, self._span(keyword.start, close.end))

    def fixed_list_type(
        self, keyword: Token, _open: Token, element: ast.TypeExpr, _comma: Token, size: Token, close: Token
    ) -> ast.FixedListExpr:
        return ast.FixedListExpr(element, int(size.text.lstrip("0") or "0"), self._span(keyword.start, close.end))

    def option_type(self, keyword: Token, _open: Token, element: ast.TypeExpr, close: Token) -> ast.OptionExpr:
        return ast.OptionExpr(element, self._span(keyword.start, close.end))

    def bare_result(self, keyword: Token) -> ast.ResultExpr:
        return ast.ResultExpr(None, None, self._of(keyword), self._of(keyword))

    def ok_result(self, keyword: Token, _open: Token, ok: ast.TypeExpr, close: Token) -> ast.ResultExpr:
        return ast.ResultExpr(ok, None, self._of(keyword), self._span(keyword.start, close.end))

    def full_result(
        self, keyword: Token, _open: Token, ok: ast.TypeExpr, _comma: Token, err: ast.TypeExpr, close: Token
    ) -> ast.ResultExpr:
        return ast.ResultExpr(ok, err, self._of(keyword), self._span(keyword.start, close.end))

    def err_result(
        self, keyword: Token, _open: Token, _nothing: Token, _comma: Token, err: ast.TypeExpr, close: Token
    ) -> ast.ResultExpr:
        return ast.ResultExpr(None, err, self._of(keyword), self._span(keyword.start, close.end))

    def map_type(
        self, keyword: Token, _open: Token, key: ast.TypeExpr, _comma: Token, value: ast.TypeExpr, close: Token
    ) -> ast.MapExpr:
        return ast.MapExpr(key, value, self._of(keyword), self._span(keyword.start, close.end))

    def future_type(
        self, keyword: Token, _open: Token | None, element: ast.TypeExpr | None, close: Token | None
    ) -> ast.FutureExpr:
        return ast.FutureExpr(element, self._span(keyword.start, (close or keyword).end))

    def stream_type(
        self, keyword: Token, _open: Token | None, element: ast.TypeExpr | None, close: Token | None
    ) -> ast.StreamExpr:
        return ast.StreamExpr(element, self._span(keyword.start, (close or keyword).end))

    # Handles --------------------------------------------------------------------------------------------------------

    def named_handle(self, name: ast.Ident) -> ast.NameExpr:
        return ast.NameExpr(name, name.span)

    def own_handle(self, keyword: Token, _open: Token, resource: ast.Ident, close: Token) -> ast.OwnExpr:
        return ast.OwnExpr(resource, self._span(keyword.start, close.end))

    def borrow_handle(self, keyword: Token, _open: Token, resource: ast.Ident, close: Token) -> ast.BorrowExpr:
        return ast.BorrowExpr(resource, self._span(keyword.start, close.end))

    # Identifiers ----------------------------------------------------------------------------------------------------

    def plain_id(self, word: Token) -> ast.Ident:
        return ast.Ident(word.text, self._of(word))

    def explicit_id(self, word: Token) -> ast.Ident:
        return ast.Ident(word.text[1:], self._of(word))
