"""The guest of world `library`, written against the generated guest package.

One module serves as the application and as the module in which the exported resource is looked up.
"""

from __future__ import annotations

from componentize_py_types import Err, Ok, Result, Some

import wit_world
from wit_world import exports
from wit_world.exports import handler
from wit_world.imports import archive, types, wall_clock


class Visit(handler.Visit):
    """A reader's visit."""

    def __init__(self, reader: str) -> None:
        self.reader = reader
        self.held: list[types.Book] = []

    def take(self, title: str) -> int:
        book = archive.find(title)
        if book is None:
            raise Err(types.Failure_NotFound(title))
        if len(self.held) == 3:
            raise Err(types.Failure_TooMany(3))
        self.held.append(book)
        return len(self.held)

    def books(self) -> list[types.Book]:
        return self.held

    @classmethod
    def join(cls, first: handler.Visit, second: handler.Visit) -> Visit:
        joined = Visit("both")
        joined.held = first.books() + second.books()
        return joined


def fits(book: types.Book, query: types.Query) -> bool:
    match query:
        case types.Query_All():
            return True
        case types.Query_Titled(title):
            return book.title == title
        case types.Query_LongerThan(pages):
            return book.pages > pages
        case types.Query_Like(other):
            return book.genre == other.genre


class Handler(exports.Handler):
    """The exported interface."""

    def describe(self, book: types.Book) -> str:
        if book.title == "torn":
            raise ValueError("this book cannot be read")
        size = "" if book.size is None else f" {book.size[0]}x{book.size[1]}"
        rights = ",".join(right.name or "" for right in book.rights)
        return f"{book.title} ({book.pages}) [{'/'.join(book.tags)}] {book.genre.name} {rights}{size}"

    def search(self, books: list[types.Book], query: types.Query) -> list[types.Book]:
        if not books:
            raise Err(types.Failure_Empty())
        wit_world.report(f"searching {len(books)} books")
        return [book for book in books if fits(book, query)]

    def longest(self, books: list[types.Book]) -> types.Book | None:
        return max(books, key=lambda book: book.pages, default=None)

    def reverse(self, data: bytes) -> bytes:
        return data[::-1]

    def outcomes(self, titles: list[str]) -> list[Result[types.Book, types.Failure]]:
        found: list[Result[types.Book, types.Failure]] = []
        for title in titles:
            book = archive.find(title)
            found.append(Err(types.Failure_NotFound(title)) if book is None else Ok(book))
        return found

    def mark(self, value: Some[int | None] | None) -> Some[int | None] | None:
        return value

    def write_down(self, ledger: archive.Ledger, lines: list[str]) -> list[str]:
        # No `with`: componentize-py gives a borrow back by itself when the call returns, and a second time would trap.
        for line in lines:
            ledger.note(line)
        return ledger.entries()

    def keep(self, name: str, lines: list[str]) -> int:
        ledger = archive.Ledger.open(name) if name.startswith("old ") else archive.Ledger(name)
        for line in lines:
            ledger.note(line)
        return archive.file_away(ledger)

    def pass_on(self, ledger: archive.Ledger) -> archive.Ledger:
        return ledger

    def today(self) -> int:
        return wall_clock.now().seconds


class WitWorld(wit_world.WitWorld):
    """The world's own functions."""

    def scale(self, value: float, by: int, limit: int) -> float:
        scaled = value * by
        if scaled > limit:
            raise Err(f"{scaled} is over {limit}")
        return scaled
