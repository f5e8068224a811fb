"""Small Python models made by hand, for the tests of the emit room."""

from __future__ import annotations

from witgen.compiler.emit.pymodel import (
    PyAssign,
    PyClass,
    PyEnum,
    PyField,
    PyHeader,
    PyImport,
    PyImportBlock,
    PyImportedName,
    PyMember,
    PyModule,
    PyPackage,
    PySupport,
)

HEADER = PyHeader("witgen 0.1.0", "acme:demo/app@1.0.0", "witgen <WIT> --world acme:demo/app@1.0.0")
PY_TYPED = PySupport("py.typed", "python/py.typed.j2")


def sample_module() -> PyModule:
    """A module with one of everything that a template can print."""
    return PyModule(
        path="store.py",
        docstring="What is stored.\n\nTwice over.",
        imports=(
            PyImportBlock((PyImport("__future__", (PyImportedName("annotations"),)),)),
            PyImportBlock(
                (
                    PyImport("enum"),
                    PyImport("typing", (PyImportedName("TYPE_CHECKING"), PyImportedName("Protocol"))),
                )
            ),
            PyImportBlock((PyImport(".", (PyImportedName("types", "_types"),)),)),
        ),
        checking_imports=(
            PyImportBlock((PyImport("collections.abc", (PyImportedName("Sequence"),)),)),
            PyImportBlock((PyImport("..other", (PyImportedName("Thing"),)),)),
        ),
        exported=("Level", "Store"),
        items=(
            PyAssign("T", 'TypeVar("T")'),
            PyAssign("LIMIT", "3", "int"),
            PyAssign("Pair", "tuple[T, T]", docstring="Two of them."),
            PyEnum(
                "Level",
                "enum.Enum",
                (PyMember("LOW", "0", "Hardly."), PyMember("HIGH", "1", "Very.\n\nIndeed.")),
                "How loud.",
            ),
            PyEnum("Nothing", "enum.Flag", ()),
            _store(),
            PyClass("Empty"),
            PyAssign("LAST", "1"),
        ),
    )


def _store() -> PyClass:
    return PyClass(
        "Store",
        ("Protocol", "Generic[T]"),
        "A store.",
        ("dataclass(frozen=True)",),
        (PyField("size", "int", docstring="In bytes."), PyField("name", "str", '""')),
    )


def sample_package(
    root: str = "host/app",
    header: PyHeader = HEADER,
    modules: tuple[PyModule, ...] | None = None,
    support: tuple[PySupport, ...] = (PY_TYPED,),
) -> PyPackage:
    """A package of two modules and `py.typed`."""
    if modules is None:
        modules = (sample_module(), PyModule("__init__.py", "The world.", items=(PyAssign("VERSION", '"1"'),)))
    return PyPackage(root, header, modules, support)
