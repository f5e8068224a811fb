"""Rendering: data in (the Python model, reference pages), text out, through the Jinja templates in `templates/`.

The templates print attributes of the model and decide nothing (`tests/compiler/emit/test_templates.py` holds them to that), so this
module only sets Jinja up: strict about names that are missing, and without escaping, since the model's strings are
final Python text. Where the output is HTML or SVG all text is escaped. Nothing else imports jinja2.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.util import cache_from_source
from io import BytesIO

import jinja2
from jinja2.bccache import Bucket

from ...atomic import replace_file
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
    """The one Jinja environment: it reads below `templates/`, installed or in a checkout.

    Templates are compiled once for an installation that can be written to, and otherwise once for a process.
    """
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(_load),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=_is_escaped,
        bytecode_cache=_Compiled(),
    )


class _Compiled(jinja2.BytecodeCache):
    """Compiled templates, kept in `__pycache__` as Python keeps compiled modules, and written under the same conditions.

    Compiling those of a package takes about a tenth of a run. Jinja compares the hash of each template's source.
    """

    def __init__(self) -> None:
        self._folder = os.path.dirname(cache_from_source(__file__))
        try:
            found = os.stat(jinja2.__file__)
            self._compiler = f"{found.st_mtime_ns} {found.st_size} "
        except OSError:  # in a zip file
            self._compiler = ""

    def _path(self, bucket: Bucket) -> str:
        return os.path.join(self._folder, f"template-{bucket.key}.{sys.implementation.cache_tag}.pyc")

    def get_source_checksum(self, source: str) -> str:
        """The hash of `source` and of the Jinja that compiles it: another version may need other code."""
        return super().get_source_checksum(self._compiler + source)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load the code of a template, if it is there."""
        try:
            with open(self._path(bucket), "rb") as stream:
                bucket.load_bytecode(stream)
        except (OSError, pickle.UnpicklingError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template, if Python would keep that of a module here."""
        if sys.dont_write_bytecode:
            return
        code = BytesIO()
        bucket.write_bytecode(code)
        with suppress(OSError):  # an installation that cannot be written to
            replace_file(self._path(bucket), code.getvalue(), prefix="template-", suffix=".tmp")


def _load(name: str) -> str | None:
    try:
        return _resources.read_text("templates", *name.split("/"))
    except FileNotFoundError:
        return None


def _is_escaped(template: str | None) -> bool:
    return template is not None and template.startswith(_ESCAPED)
