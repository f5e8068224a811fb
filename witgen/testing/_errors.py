"""What goes wrong in a native test, by whose fault it is."""

from __future__ import annotations


class NativeError(Exception):
    """Base of all errors of the native back end."""


class Trap(NativeError):
    """The guest did what makes a component trap: the message names the place, `__cause__` the exception, if any.

    The component is spent: every later call traps too, as it would after the real one.
    """


class ImportMissing(NativeError, NotImplementedError):
    """The guest used an import for which the test has registered nothing; the message says what to register."""


class HostFault(NativeError, TypeError):
    """The test's side is at fault: an argument of an export, or what an implementation gave, has no such WIT type."""


class BuildFailure(NativeError):
    """componentize-py could not build this application: a class or module that it looks up is missing."""


class Misfit(Exception):
    """A value does not fit its type. `path` grows on the way out: `[3].pages`."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path

    def within(self, segment: str) -> Misfit:
        """The same, seen from around `segment`."""
        return Misfit(self.message, segment + self.path)
