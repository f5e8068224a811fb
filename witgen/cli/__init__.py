"""The command line: click commands, exit codes, no logic.

`main` is the entry point; `commands` is the table of commands; each command has a module of its own; `terminal` is the
only place that prints; `status` holds the exit codes.
"""

from .entry import main

__all__ = ["main"]
