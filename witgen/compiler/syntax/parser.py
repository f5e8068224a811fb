"""The parser: runs lark's LALR machine (`machine`) over the tokens of one text, which builds the AST as it goes.

Nothing here or below it recurses with the depth of the input: the lexer bounds the nesting of types and packages, and
everything else nests a fixed number of levels.

After a syntax error, `recovery` finds a place to go on, so that one run reports several. Errors in what the grammar
lets pass are reported after those: the reference parser reports them only where the whole text follows the grammar.
"""

from __future__ import annotations

from threading import Lock

from ...dataclass import replace
from ..diagnostics import Diagnostics, Source
from .ast import FileDecl
from .context import apply_context
from .lexer import Scan, refuse_characters, scan
from .machine import Machine

_parsing = Lock()


def parse_source(source: Source, diagnostics: Diagnostics) -> FileDecl:
    """Parse one WIT text.

    Args:
        source: the text; a byte-order mark at its start is skipped.
        diagnostics: where errors go, the one the reference parser reports first.

    Returns:
        The AST. It may come with errors: items with syntax errors are left out and what is around them is marked as
        `broken`, of conflicting attributes the first of each kind is kept, misplaced packages are left out.
    """
    return parse_scan(scan_source(source, diagnostics), diagnostics)


def scan_source(source: Source, diagnostics: Diagnostics) -> Scan:
    """The tokens and comments of one WIT text, for a caller who wants them as well as the AST.

    Args:
        source: the text; a byte-order mark at its start is skipped.
        diagnostics: receives an error for each character that WIT forbids.
    """
    forbidden = refuse_characters(source, diagnostics)
    scanned = scan(source)
    scanned.forbidden.extend(forbidden)
    apply_context(scanned)
    return scanned


def parse_scan(scanned: Scan, diagnostics: Diagnostics) -> FileDecl:
    """Parse what was scanned: `parse_source` without reading the text again."""
    with _parsing:
        return _parse(scanned, diagnostics)


def _parse(scanned: Scan, diagnostics: Diagnostics) -> FileDecl:
    tokens = scanned.tokens
    machine = Machine()
    builder = machine.builder
    builder.begin(scanned.source, scanned.comments)
    taken = machine.run(tokens)
    lost_start = False
    if taken < len(tokens):
        from .recovery import Recovery  # most texts have no errors

        recovery = Recovery(machine, scanned, diagnostics)
        while taken < len(tokens):
            taken = machine.run(tokens, recovery.resume(taken))
        lost_start = recovery.lost_start
    (result,) = machine.values
    assert isinstance(result, FileDecl)
    for diagnostic in builder.late:
        diagnostics.add(diagnostic)
    return replace(result, broken=True) if lost_start else result
