"""The page of a code: its rule, why the rule is there, a wrong and a right example, where the rule is written.

The rule and its section are in the registry; `pages/<code>.md` holds the rest. In its examples, a fence says what it
shows: ```` ```wit ```` is `example.wit`, ```` ```wit deps/clock.wit ```` another file, ```` ```sh ```` the command to run, where it is not
`witgen inspect` of the files. Tests run every example.
"""

from __future__ import annotations

from importlib.resources import files

from .codes import Code

_SPECIFICATION = "https://github.com/WebAssembly/component-model/blob/main/design/mvp/WIT.md"


def page(code: Code) -> str:
    """The page as Markdown, with a line end."""
    return f"# {code.slug}\n\n{code.rule}\n\n{body(code)}\n{_origin(code)}\n"


def body(code: Code) -> str:
    """What the page says besides the registry, with a line end.

    Raises:
        FileNotFoundError: there is no page; a test holds that each code has one.
    """
    return files("witgen.compiler.diagnostics").joinpath("pages", f"{code.slug}.md").read_text(encoding="utf-8")


def _origin(code: Code) -> str:
    of, _, section = code.section.partition(": ")
    match of:
        case "WIT":
            return f"Specification: WIT, {section} (<{_SPECIFICATION}>)."
        case "wit-parser":
            return f"A rule of the reference parser, wit-parser: {section}."
        case _:
            return f"A rule of witgen's own: {section}."
