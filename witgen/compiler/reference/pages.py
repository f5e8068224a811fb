"""Pages as data: what templates print. They decide nothing, so everything that they ask is an attribute here."""

from __future__ import annotations

from ...dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Html:
    """Text that is HTML already: templates print it as it is."""

    text: str

    def __html__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


Docs = Html | str
"""Rendered docs: HTML, or Markdown that holds none. Empty where there are none."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of code; `href` is empty where it leads nowhere."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """A line or more of WIT with links; `links` are its pieces that lead somewhere, each once."""

    pieces: tuple[Piece, ...] = ()

    @property
    def text(self) -> str:
        """The code without links."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def links(self) -> tuple[Piece, ...]:
        """What it leads to."""
        return tuple(dict.fromkeys(piece for piece in self.pieces if piece.href))


@dataclass(frozen=True, slots=True)
class Badge:
    """A gate: `kind` is `since`, `unstable` or `deprecated`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A field, a case or a flag."""

    anchor: str
    code: Code
    docs: Docs


@dataclass(frozen=True, slots=True)
class Entry:
    """A type or a function: the template prints `heading`, badges, code, docs, rows, then the resource's functions."""

    anchor: str
    kind: str
    name: str
    badges: tuple[Badge, ...]
    code: Code
    docs: Docs
    rows: tuple[Row, ...] = ()
    members: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a page or an item; `summary` is the beginning of its docs as plain text."""

    text: str
    href: str
    summary: str = ""
    badges: tuple[Badge, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Links under one title."""

    anchor: str
    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Entries under one title; `docs` are those of an inline interface."""

    anchor: str
    title: str
    entries: tuple[Entry, ...]
    docs: Docs = ""
    badges: tuple[Badge, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """An interface in the graph: the left upper corner of its box and its size."""

    name: str
    package: str
    href: str
    x: int
    y: int
    width: int
    height: int
    middle: int
    name_y: int
    package_y: int


@dataclass(frozen=True, slots=True)
class Edge:
    """A use, as the path of a curve; `title` says it in words."""

    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Graph:
    """A drawing of which interface uses which. `image` is the file of it for pages that cannot hold it."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    image: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `base` leads from it to the root of the site."""

    path: str
    base: str
    kind: str
    title: str
    site: str
    crumbs: tuple[Link, ...]
    badges: tuple[Badge, ...]
    docs: Docs
    groups: tuple[Group, ...]
    sections: tuple[Section, ...]
    relations: tuple[Group, ...]
    """Links that are after the sections."""
    graph: Graph | None


@dataclass(frozen=True, slots=True)
class Found:
    """What the search knows of one item."""

    name: str
    kind: str
    where: str
    href: str


@dataclass(frozen=True, slots=True)
class Pages:
    """All pages, and the index of the search."""

    pages: tuple[Page, ...]
    index: tuple[Found, ...]
