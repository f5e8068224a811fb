"""The Python model: what a generated package holds, as data that a template can print without deciding anything.

Every string here is final Python text: names are spelled, annotations are expressions, docstrings are escaped (they go
between triple double quotes as they are, first line unindented). The planners in `bindings` fill these classes, the
templates in `templates/` print them, and nothing else reads them. Each item names the template that prints it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Protocol

from ...dataclass import dataclass, field


class Documented:
    """What has a docstring."""

    __slots__ = ()
    docstring: str

    @property
    def doc(self) -> str:
        """The docstring in its quotes, which close on a line of their own if it has several; without indentation."""
        end = "\n" if "\n" in self.docstring else ""
        return f'"""{self.docstring}{end}"""'


@dataclass(frozen=True, slots=True)
class PyImportedName:
    """One name of a `from … import …`; `alias` is empty where the name is kept."""

    name: str
    alias: str = ""


@dataclass(frozen=True, slots=True)
class PyImport:
    """`from module import names`, or `import module` where `names` is empty. `module` may be relative (`..types`)."""

    module: str
    names: tuple[PyImportedName, ...] = ()


@dataclass(frozen=True, slots=True)
class PyImportBlock:
    """Import lines in groups; blocks are separated by one empty line, in isort's order."""

    imports: tuple[PyImport, ...]


@dataclass(frozen=True, slots=True)
class PyParam:
    """A parameter, or a bare `/` or `*` (then `annotation` and `default` are empty)."""

    name: str
    annotation: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class PyFunction(Documented):
    """A function or method, without its body: that is in a template."""

    name: str
    params: tuple[PyParam, ...]
    result: str
    docstring: str = ""
    decorators: tuple[str, ...] = ()
    is_async: bool = False


@dataclass(frozen=True, slots=True)
class PyField(Documented):
    """An annotated attribute of a class; `default` is the text after `=`, empty for none."""

    name: str
    annotation: str
    default: str = ""
    docstring: str = ""


@dataclass(frozen=True, slots=True)
class PyClass(Documented):
    """A class: decorators, bases, docstring, attributes. All empty means `pass`."""

    template: ClassVar[str] = "python/class.py.j2"
    is_block: ClassVar[bool] = True
    name: str
    bases: tuple[str, ...] = ()
    docstring: str = ""
    decorators: tuple[str, ...] = ()
    fields: tuple[PyField, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the body needs a `pass`."""
        return not (self.docstring or self.fields)


@dataclass(frozen=True, slots=True)
class PyMember(Documented):
    """A member of an enum or flags class, with the text of its value."""

    name: str
    value: str
    docstring: str = ""


@dataclass(frozen=True, slots=True)
class PyEnum(Documented):
    """An enum or flags class; `base` is the text of its base class. No members and no docstring means `pass`."""

    template: ClassVar[str] = "python/enum.py.j2"
    is_block: ClassVar[bool] = True
    name: str
    base: str
    members: tuple[PyMember, ...]
    docstring: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether the body needs a `pass`."""
        return not (self.docstring or self.members)


@dataclass(frozen=True, slots=True)
class PyAssign(Documented):
    """`target: annotation = value` at module level; `annotation` may be empty; a docstring may follow it."""

    template: ClassVar[str] = "python/assign.py.j2"
    is_block: ClassVar[bool] = False
    target: str
    value: str
    annotation: str = ""
    docstring: str = ""


@dataclass(frozen=True, slots=True)
class PyText(Documented):
    """A string constant over many lines, at module level; `text` ends with a newline and needs no escapes."""

    template: ClassVar[str] = "python/text.py.j2"
    is_block: ClassVar[bool] = False
    target: str
    text: str
    docstring: str = ""


PyItem = PyClass | PyEnum | PyAssign | PyText


class Printed(Protocol):
    """An item of a module: one of `PyItem`, or of a kind that only one target has."""

    template: ClassVar[str]
    is_block: ClassVar[bool]
    """Whether two empty lines are around it."""


@dataclass(frozen=True, slots=True)
class PyModule(Documented):
    """One generated module. `path` is relative to the output of its target, with `/`.

    A kind of module with a shape of its own is a subclass with a template that reads like it; `items` are then its
    definitions of types.
    """

    template: ClassVar[str] = "python/module.py.j2"
    path: str
    docstring: str
    imports: tuple[PyImportBlock, ...] = ()
    checking_imports: tuple[PyImportBlock, ...] = ()
    """Imports under `if TYPE_CHECKING:`."""
    exported: tuple[str, ...] = ()
    """`__all__`, sorted; nothing is printed where it is empty."""
    items: tuple[Printed, ...] = ()


@dataclass(frozen=True, slots=True)
class PySupport:
    """A file whose text is a template of its own, with a few values: a guest sibling, or `py.typed`.

    The template sees `header`, `imports` and each value under its own name.
    """

    path: str
    template: str
    values: dict[str, str] = field(default_factory=dict[str, str])
    imports: tuple[PyImportBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class PyHeader:
    """What the header of every generated file says.

    No hash of the input is in it: a change of the input rewrites only the files whose text it changes.
    """

    tool: str
    """`witgen 0.1.0`"""
    world: str
    """The world's id."""
    command: str
    """The command to run again, with a literal `<WIT>`."""


@dataclass(frozen=True, slots=True)
class PyPackage:
    """Everything one target writes for one world. `root` is the folder below `--out` (`host/proxy`, `guest`)."""

    root: str
    header: PyHeader
    modules: tuple[PyModule, ...] = ()
    support: tuple[PySupport, ...] = ()
    classes: Mapping[str, str] = field(default_factory=dict[str, str])
    """The class of each world by the world's id; a guest package has none."""
