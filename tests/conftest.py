"""Options of the whole suite."""

from __future__ import annotations

import os
import signal

import pytest

from tests.checkout import TESTS
from tests.golden import Blessing

SLOW = ("attacks", "docs", "fuzz", "property", "run", "run_types")
"""Folders whose tests are slow, all of them: they build components, start checkers and processes, or try many samples."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--bless` rewrites golden files, `--full` runs long suites whole instead of their fixed sample."""
    parser.addoption("--bless", action="store_true", help="rewrite golden files with the actual output")
    parser.addoption("--full", action="store_true", help="run long suites in full, not their fixed sample")


def pytest_configure(config: pytest.Config) -> None:
    """Switch blessing on, unless this is CI; let Ctrl-C reach what the tests start."""
    # A shell starts what it puts in the background with SIGINT ignored, and children inherit that.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.getoption("--bless"):
        if os.environ.get("CI"):
            raise pytest.UsageError("--bless is refused under CI: golden files are reviewed, not rewritten there")
        Blessing.active = True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of slow folders."""
    for item in items:
        if item.path.is_relative_to(TESTS) and item.path.relative_to(TESTS).parts[0] in SLOW:
            item.add_marker(pytest.mark.slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which golden files were rewritten."""
    if Blessing.changed:
        terminalreporter.section("golden files rewritten")
        for name in sorted(set(Blessing.changed)):
            terminalreporter.write_line(name)
