"""What wasmtime's own WASI lacks is a limit of wasmtime's, not a fault of the package."""

from __future__ import annotations

import pytest

from witgen.api.generate import _message_lines  # pyright: ignore[reportPrivateUsage]  # what is tested
from witgen.compiler.trial.package_child import _lacking  # pyright: ignore[reportPrivateUsage]  # likewise

SAID = """component imports instance `{interface}`, but a matching implementation was not found in the linker

Caused by:
    0: instance export `network-error-code` has the wrong type
    1: function implementation is missing
"""


@pytest.mark.parametrize(
    ("interface", "is_limit"),
    [("wasi:sockets/network@0.2.8", True), ("wasi:http/types@0.2.8", True), ("demo:shop/items", False)],
)
def test_only_what_wasmtime_supplies_can_be_lacking(interface: str, is_limit: bool) -> None:
    """Function, interface and cure are named; a function that the package should supply stays a failure."""
    message = _lacking(SAID.format(interface=interface))
    assert (f"does not supply `network-error-code` of `{interface}`" in message) == is_limit
    assert bool(message) == is_limit


def test_a_cause_of_several_lines_is_printed_as_such() -> None:
    """The first in the message, the others as notes; never none."""
    assert _message_lines(SAID.format(interface="a:b/c"))[1:3] == [
        "Caused by:",
        "0: instance export `network-error-code` has the wrong type",
    ]
    assert _message_lines("") == [""]
