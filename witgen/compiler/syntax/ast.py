"""The AST: what one WIT text says, before any name is bound.

Nodes end in `Decl` (what an item declares) or `Expr` (what a type position says). Every node has the span of its own
text; `Ident` has the name without its `%` and the span with it. Docs are final text (the comments of the run before the
item, cleaned as section 2 of the language describes), `None` where there is no comment.

Gates and external ids are kept as written (`Attributes`); whether they fit together is checked by the parser, what they
mean by `model.gates`.

A node is equal to itself only: it has a place in its text.
"""

from __future__ import annotations

from ...dataclass import dataclass
from ..diagnostics import Span


@dataclass(frozen=True, slots=True, eq=False)
class Ident:
    """A kebab-case name as written (`%` dropped, case kept)."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class VersionExpr:
    """The text of a semantic version, already checked against SemVer 2.0 (`model.names.Version.parse` succeeds)."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class PackageNameExpr:
    """`ns:name@version`; `span` covers the whole."""

    namespace: Ident
    name: Ident
    version: VersionExpr | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class PathExpr:
    """`name` (then `package` is None) or `ns:pkg/name@version`. `name.span` is where errors about the item point."""

    package: PackageNameExpr | None
    name: Ident
    span: Span


# Attributes ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class SinceExpr:
    """`@since(version = V)`; `span` is that of the word after `@`."""

    version: VersionExpr
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class UnstableExpr:
    """`@unstable(feature = F)`; `span` is that of the word after `@`."""

    feature: Ident
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class DeprecatedExpr:
    """`@deprecated(version = V)`; `span` is that of the word after `@`."""

    version: VersionExpr
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class ExternalIdExpr:
    """`@external-id("…")`, escapes resolved; `span` is that of the word after `@`."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Attributes:
    """What is between an item's docs and its keyword: each attribute at most once, combinations checked."""

    since: SinceExpr | None = None
    unstable: UnstableExpr | None = None
    deprecated: DeprecatedExpr | None = None
    external_id: ExternalIdExpr | None = None


NO_ATTRIBUTES = Attributes()


# Types --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class PrimitiveExpr:
    """`u8` … `string`, `error-context`: `name` is the keyword."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class NameExpr:
    """A type named in scope."""

    name: Ident
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class ListExpr:
    """`list<element>`."""

    element: TypeExpr
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class FixedListExpr:
    """`list<element, size>`; the size fits 32 bits."""

    element: TypeExpr
    size: int
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class MapExpr:
    """`map<key, value>`; `keyword` is the word `map`, where errors about the key point."""

    key: TypeExpr
    value: TypeExpr
    keyword: Span
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class OptionExpr:
    """`option<element>`."""

    element: TypeExpr
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class ResultExpr:
    """`result`, `result<ok>`, `result<ok, err>`, `result<_, err>`; `keyword` is the word `result`."""

    ok: TypeExpr | None
    err: TypeExpr | None
    keyword: Span
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class TupleExpr:
    """`tuple<…>`, possibly empty."""

    elements: tuple[TypeExpr, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class FutureExpr:
    """`future` or `future<element>`."""

    element: TypeExpr | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class StreamExpr:
    """`stream` or `stream<element>`."""

    element: TypeExpr | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class OwnExpr:
    """`own<resource>`."""

    resource: Ident
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class BorrowExpr:
    """`borrow<resource>`."""

    resource: Ident
    span: Span


TypeExpr = (
    PrimitiveExpr
    | NameExpr
    | ListExpr
    | FixedListExpr
    | MapExpr
    | OptionExpr
    | ResultExpr
    | TupleExpr
    | FutureExpr
    | StreamExpr
    | OwnExpr
    | BorrowExpr
)


# Functions ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class ParamExpr:
    """One named parameter."""

    name: Ident
    type: TypeExpr


@dataclass(frozen=True, slots=True, eq=False)
class FuncExpr:
    """A function's type."""

    is_async: bool
    params: tuple[ParamExpr, ...]
    result: TypeExpr | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class FuncDecl:
    """`name: func(…) -> …;` in an interface."""

    name: Ident
    func: FuncExpr
    docs: str | None
    attributes: Attributes
    span: Span


# Type definitions ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class AliasDecl:
    """`type name = type;`."""

    name: Ident
    type: TypeExpr
    docs: str | None
    attributes: Attributes
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class FieldDecl:
    """A record's field."""

    name: Ident
    type: TypeExpr
    docs: str | None


@dataclass(frozen=True, slots=True, eq=False)
class RecordDecl:
    """`record name { … }`."""

    name: Ident
    fields: tuple[FieldDecl, ...]
    docs: str | None
    attributes: Attributes
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class CaseDecl:
    """A variant's case, an enum's case or a flag; only a variant's case may have a `type`."""

    name: Ident
    type: TypeExpr | None
    docs: str | None


@dataclass(frozen=True, slots=True, eq=False)
class VariantDecl:
    """`variant name { … }`; an empty one parses and is refused when resolved."""

    name: Ident
    cases: tuple[CaseDecl, ...]
    docs: str | None
    attributes: Attributes
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class EnumDecl:
    """`enum name { … }`; an empty one parses and is refused when resolved."""

    name: Ident
    cases: tuple[CaseDecl, ...]
    docs: str | None
    attributes: Attributes
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class FlagsDecl:
    """`flags name { … }`."""

    name: Ident
    flags: tuple[CaseDecl, ...]
    docs: str | None
    attributes: Attributes
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class MethodDecl:
    """`name: func(…);` in a resource."""

    name: Ident
    func: FuncExpr
    docs: str | None
    attributes: Attributes
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class StaticDecl:
    """`name: static func(…);` in a resource."""

    name: Ident
    func: FuncExpr
    docs: str | None
    attributes: Attributes
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class ConstructorDecl:
    """`constructor(…);` in a resource, fallible with a result; `keyword` is the word `constructor`."""

    keyword: Span
    func: FuncExpr
    docs: str | None
    attributes: Attributes
    span: Span


ResourceMemberDecl = MethodDecl | StaticDecl | ConstructorDecl


@dataclass(frozen=True, slots=True, eq=False)
class ResourceDecl:
    """`resource name;` or `resource name { … }`."""

    name: Ident
    members: tuple[ResourceMemberDecl, ...]
    docs: str | None
    attributes: Attributes
    span: Span


TypeDecl = AliasDecl | RecordDecl | VariantDecl | EnumDecl | FlagsDecl | ResourceDecl


# Interfaces and worlds ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class UsedName:
    """`name` or `name as alias` in the braces of a `use` or the `with` of an `include`."""

    name: Ident
    alias: Ident | None


@dataclass(frozen=True, slots=True, eq=False)
class UseDecl:
    """`use path.{a, b as c};` in an interface or world. Comments before it are dropped."""

    path: PathExpr
    names: tuple[UsedName, ...]
    attributes: Attributes
    span: Span


InterfaceItemDecl = TypeDecl | UseDecl | FuncDecl


@dataclass(frozen=True, slots=True, eq=False)
class InterfaceDecl:
    """`interface name { … }`."""

    name: Ident
    items: tuple[InterfaceItemDecl, ...]
    docs: str | None
    attributes: Attributes
    span: Span
    broken: bool = False
    """Whether items were left out because of syntax errors: what is missing here is then not known to be missing."""


@dataclass(frozen=True, slots=True, eq=False)
class ExternFunc:
    """`label: func(…);` after `import` or `export`."""

    label: Ident
    func: FuncExpr
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class ExternInline:
    """`label: interface { … }` after `import` or `export`."""

    label: Ident
    items: tuple[InterfaceItemDecl, ...]
    span: Span
    broken: bool = False
    """Whether items were left out because of syntax errors: what is missing here is then not known to be missing."""


@dataclass(frozen=True, slots=True, eq=False)
class ExternPath:
    """`path;` (keyed by the interface), or `label: path;` (keyed by the label: the "implements" form)."""

    label: Ident | None
    path: PathExpr
    span: Span


Extern = ExternFunc | ExternInline | ExternPath


@dataclass(frozen=True, slots=True, eq=False)
class ImportDecl:
    """`import …` in a world."""

    extern: Extern
    docs: str | None
    attributes: Attributes
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class ExportDecl:
    """`export …` in a world."""

    extern: Extern
    docs: str | None
    attributes: Attributes
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class IncludeDecl:
    """`include path;` or `include path with { a as b }`: in `renames` every alias is set. Comments are dropped."""

    path: PathExpr
    renames: tuple[UsedName, ...]
    attributes: Attributes
    span: Span


WorldItemDecl = ImportDecl | ExportDecl | IncludeDecl | UseDecl | TypeDecl


@dataclass(frozen=True, slots=True, eq=False)
class WorldDecl:
    """`world name { … }`."""

    name: Ident
    items: tuple[WorldItemDecl, ...]
    docs: str | None
    attributes: Attributes
    span: Span
    broken: bool = False
    """Whether items were left out because of syntax errors: what is missing here is then not known to be missing."""


# Files --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class TopUseDecl:
    """`use path as alias;` at the top of a file."""

    path: PathExpr
    alias: Ident | None
    span: Span
    attributes: Attributes = NO_ATTRIBUTES


@dataclass(frozen=True, slots=True, eq=False)
class NestedPackageDecl:
    """`package ns:name@v { … }`: a package of its own inside a file."""

    name: PackageNameExpr
    items: tuple[FileItemDecl, ...]
    docs: str | None
    span: Span
    broken: bool = False
    """Whether items were left out because of syntax errors: what is missing here is then not known to be missing."""


FileItemDecl = InterfaceDecl | WorldDecl | TopUseDecl | NestedPackageDecl


@dataclass(frozen=True, slots=True, eq=False)
class PackageHeader:
    """`package ns:name@v;` with its docs; `docs_span` is the first comment's (None: there are none)."""

    name: PackageNameExpr
    docs: str | None
    docs_span: Span | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class FileDecl:
    """One parsed text."""

    header: PackageHeader | None
    items: tuple[FileItemDecl, ...]
    span: Span
    broken: bool = False
    """Whether items were left out because of syntax errors: what is missing here is then not known to be missing."""
