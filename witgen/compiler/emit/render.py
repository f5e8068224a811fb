"""Rendering: data in (the Python model, reference pages), text out, through the Jinja templates in `templates/`.

The templates print attributes of the model and decide nothing (`tests/compiler/emit/test_templates.py` holds them to that), so this
module only sets Jinja up: strict about names that are missing, and without escaping, since the model's strings are
final Python text. Where the output is HTML or SVG all text is escaped. Nothing else imports jinja2.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import jinja2

from .. import data_files as _resources
from .files import GeneratedFile
from .pymodel import PyHeader, PyModule, PyPackage, PySupport

_ESCAPED = ("docs/html/", "docs/svg/")


def render_package(package: PyPackage) -> tuple[GeneratedFile, ...]:
    """Print every file of `package`, ordered by path; paths are below the output folder, `package.root` first."""
    files = [render_module(module, package.header, package.root) for module in package.modules]
    files += [render_support(support, package.header, package.root) for support in package.support]
    return tuple(sorted(files, key=lambda file: file.path))


def render_module(module: PyModule, header: PyHeader, root: str) -> GeneratedFile:
    """Print one module; `root` is the folder its path is relative to."""
    text = environment().get_template(module.template).render(module=module, header=header)
    return GeneratedFile(f"{root}/{module.path}", text, module.template)


def render_support(support: PySupport, header: PyHeader, root: str) -> GeneratedFile:
    """Print a file that is a template of its own: it sees `header`, `imports` and its values."""
    text = environment().get_template(support.template).render(support.values, header=header, imports=support.imports)
    return GeneratedFile(f"{root}/{support.path}", text, support.template)


def render_file(path: str, template: str, values: Mapping[str, object]) -> GeneratedFile:
    """Print any file: the template sees `values`; `path` is below the output folder."""
    return GeneratedFile(path, environment().get_template(template).render(values), template)


@cache
def environment() -> jinja2.Environment:
    """The one Jinja environment: it reads below `templates/`, installed or in a checkout."""
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(_load),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=_is_escaped,
    )


def _load(name: str) -> str | None:
    try:
        return _resources.read_text("templates", *name.split("/"))
    except FileNotFoundError:
        return None


def _is_escaped(template: str | None) -> bool:
    return template is not None and template.startswith(_ESCAPED)
