"""The list of checks is of the code as it is; `python -m tests.core.checks` shows that each is needed."""

from __future__ import annotations

import pytest

from tests.core.checks import CHECKS, ROOT, Check, place


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.text[:40])
def test_a_check_is_where_the_list_says(check: Check) -> None:
    """Its text is there, and once: a check that is reworded is tried again."""
    assert (ROOT / place(check)).read_text("utf-8").count(check.text) == 1
