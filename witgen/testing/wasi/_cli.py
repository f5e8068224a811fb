"""`wasi:cli` and `wasi:random`."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from .._errors import NativeError
from .._results import ByName
from ._io import InputStream, OutputStream


class Exit(NativeError):
    """The guest called `wasi:cli/exit`."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the guest exited with code {code}")
        self.code = code


class Environment(ByName):
    """`wasi:cli/environment`."""

    def __init__(self, variables: Mapping[str, str], arguments: Sequence[str], cwd: str | None) -> None:
        self.variables = dict(variables)
        self.arguments = list(arguments)
        self.cwd = cwd

    def get_environment(self) -> list[tuple[str, str]]:
        """The environment variables, as pairs of name and value."""
        return list(self.variables.items())

    def get_arguments(self) -> list[str]:
        """The arguments."""
        return self.arguments

    def initial_cwd(self) -> str | None:
        """Where the guest starts."""
        return self.cwd


class ExitInterface(ByName):
    """`wasi:cli/exit`: raises `Exit`."""

    def exit(self, status: object) -> None:
        """Exit with code 0 or 1."""
        raise Exit(0 if type(status).__name__ == "Ok" else 1)

    def exit_with_code(self, status_code: int) -> None:
        """Exit with a code."""
        raise Exit(status_code)


class Stdio(ByName):
    """`wasi:cli/stdin`, `stdout` and `stderr`, and the terminal interfaces, which report that there is no terminal."""

    def __init__(self, stdin: InputStream, stdout: OutputStream, stderr: OutputStream) -> None:
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr

    def get_stdin(self) -> InputStream:
        """Standard input."""
        return self.stdin

    def get_stdout(self) -> OutputStream:
        """Standard output."""
        return self.stdout

    def get_stderr(self) -> OutputStream:
        """Standard error."""
        return self.stderr

    def get_terminal_stdin(self) -> None:
        """No terminal."""

    def get_terminal_stdout(self) -> None:
        """No terminal."""

    def get_terminal_stderr(self) -> None:
        """No terminal."""


class Random(ByName):
    """`wasi:random/random`, `insecure` and `insecure-seed`, from a seed: the same numbers in every run."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def get_random_bytes(self, len: int) -> bytes:
        """Some bytes."""
        return self._random.randbytes(len)

    def get_random_u64(self) -> int:
        """A number."""
        return self._random.getrandbits(64)

    def get_insecure_seed(self) -> tuple[int, int]:
        """Two numbers (0.3)."""
        return self.insecure_seed()

    get_insecure_random_bytes = get_random_bytes
    get_insecure_random_u64 = get_random_u64

    def insecure_seed(self) -> tuple[int, int]:
        """Two numbers."""
        return self.get_random_u64(), self.get_random_u64()


__all__ = ["Environment", "Exit", "ExitInterface", "Random", "Stdio"]
