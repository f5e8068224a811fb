"""Templates show the shape of the output and decide nothing: each is held to a short list of Jinja's constructs."""

from __future__ import annotations

import pytest
from jinja2 import nodes

from tests.checkout import ROOT
from witgen.compiler.emit.render import environment

TEMPLATES = ROOT / "templates"
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.j2"))

ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const),
    *(nodes.For, nodes.If, nodes.Not, nodes.Include, nodes.FilterBlock, nodes.Filter),
)


def faults(tree: nodes.Template) -> list[str]:
    """What a template does that is not printing, looping, testing or including an attribute, or indenting."""
    found = [f"line {n.lineno}: {type(n).__name__}" for n in tree.find_all(nodes.Node) if not isinstance(n, ALLOWED)]
    found += [f"line {n.lineno}: filter {n.name}" for n in tree.find_all(nodes.Filter) if n.name != "indent"]
    found += [f"line {n.lineno}: for … if" for n in tree.find_all(nodes.For) if n.test is not None or n.recursive]
    found += [f"line {n.lineno}: a test that is no attribute" for n in tree.find_all(nodes.If) if not _is_plain(n.test)]
    return found


def _is_plain(test: nodes.Node) -> bool:
    return isinstance(test.node if isinstance(test, nodes.Not) else test, (nodes.Getattr, nodes.Name))


@pytest.mark.parametrize("name", NAMES)
def test_template_decides_nothing(name: str) -> None:
    """Every template keeps to the list."""
    assert faults(environment().parse((TEMPLATES / name).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "text",
    [
        "{{ item.name() }}",
        "{{ item.a == 1 }}",
        "{{ item.a ~ item.b }}",
        "{% if item.a and item.b %}x{% endif %}",
        "{% if item.a or item.b %}x{% endif %}",
        "{{ item.a + 1 }}",
        "{{ item['a'] }}",
        "{% set x = item.a %}",
        "{{ item.a | upper }}",
        "{{ item.a if item.b else item.c }}",
        "{% for x in item.a if x.b %}x{% endfor %}",
        "{% if item.a is defined %}x{% endif %}",
        "{% macro m() %}{% endmacro %}",
        "{% if 1 %}x{% endif %}",
    ],
)
def test_decisions_are_noticed(text: str) -> None:
    """The list is checked for what it must refuse."""
    assert faults(environment().parse(text))


def test_there_are_templates() -> None:
    """The folder is found, so that the test above is about something."""
    assert "python/module.py.j2" in NAMES
