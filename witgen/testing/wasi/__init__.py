"""A test's settings go in; fakes for WASI 0.2 and parts of 0.3 come out, ready for `native(…, others=Wasi())`. It may import
the rest of `witgen.testing`.

Time is virtual, random numbers come from a seed, files are in memory, and the network is a function of the test's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .._results import ByName, Err, case
from ._cli import Environment, Exit, ExitInterface, Random, Stdio
from ._files import Filesystem
from ._http import Answer, Http, Network, Request, Response
from ._io import Chunks, ErrorInterface, InputStream, OutputStream, Pause, Streams
from ._preview3 import Alarm, Environment3, MonotonicClock3, Output3, Service, Stdin3, SystemClock
from ._time import MonotonicClock, Poll, Pollable, Timeline, WallClock


def _no_network(request: Request) -> Response:
    raise Err(case("ErrorCode_DestinationNotFound"))


class Wasi:
    """The world outside of a guest, as the test wants it.

    Args:
        environment: variables.
        arguments: of the command line.
        cwd: where the guest starts.
        stdin: what it reads, with pauses if need be.
        files: what the guest finds below `/`, by path.
        network: answers the requests that the guest sends; without one, no host is found.
        seed: of the random numbers.
        today: seconds since 1970 when the test starts.
        permit: how many bytes of a body the guest may write at once.
        pause: the seconds of virtual time after which it may write more.
    """

    def __init__(
        self,
        *,
        environment: Mapping[str, str] | None = None,
        arguments: Sequence[str] = (),
        cwd: str | None = None,
        stdin: bytes | Chunks = b"",
        files: Mapping[str, bytes] | None = None,
        network: Network = _no_network,
        seed: int = 0,
        today: int = 0,
        permit: int = 64 * 1024,
        pause: float = 0.0,
    ) -> None:
        self.time = Timeline()
        self.stdout = OutputStream(self.time)
        self.stderr = OutputStream(self.time)
        self.filesystem = Filesystem(self.time, files or {})
        self.http = Http(self.time, network, permit, pause)
        chunks = [stdin] if isinstance(stdin, bytes) else stdin
        stdio = Stdio(InputStream(self.time, chunks), self.stdout, self.stderr)
        random = Random(seed)
        self._interfaces: dict[str, ByName] = {
            "wasi:io/poll": Poll(self.time),
            "wasi:io/streams": Streams(),
            "wasi:io/error": ErrorInterface(),
            "wasi:clocks/monotonic-clock": MonotonicClock(self.time),
            "wasi:clocks/wall-clock": WallClock(self.time, today),
            "wasi:random/random": random,
            "wasi:random/insecure": random,
            "wasi:random/insecure-seed": random,
            "wasi:cli/environment": Environment(environment or {}, arguments, cwd),
            "wasi:cli/exit": ExitInterface(),
            "wasi:filesystem/types": self.filesystem,
            "wasi:filesystem/preopens": self.filesystem,
            "wasi:http/types": self.http.types,
            "wasi:http/outgoing-handler": self.http.outgoing,
        }
        for name in ("stdin", "stdout", "stderr", "terminal-stdin", "terminal-stdout", "terminal-stderr"):
            self._interfaces[f"wasi:cli/{name}"] = stdio

        alarm = Alarm(self.time)
        self.service = Service(self.time, alarm, network, self.http.requests)
        """HTTP 0.3."""
        self._interfaces3: dict[str, ByName] = {
            "wasi:clocks/monotonic-clock": MonotonicClock3(self.time, alarm),
            "wasi:clocks/system-clock": SystemClock(self.time, today),
            "wasi:random/random": random,
            "wasi:random/insecure": random,
            "wasi:random/insecure-seed": random,
            "wasi:cli/environment": Environment3(environment or {}, arguments, cwd),
            "wasi:cli/exit": ExitInterface(),
            "wasi:cli/stdin": Stdin3(alarm, self.time, chunks),
            "wasi:cli/stdout": Output3(self.stdout),
            "wasi:cli/stderr": Output3(self.stderr),
            "wasi:cli/terminal-stdin": stdio,
            "wasi:cli/terminal-stdout": stdio,
            "wasi:cli/terminal-stderr": stdio,
            "wasi:http/types": self.service.types,
            "wasi:http/client": self.service.client,
        }

    def supply(self, interface: str, version: str) -> ByName | None:
        """The fake for an interface of WASI 0.2 or 0.3."""
        if version.startswith("0.2."):
            return self._interfaces.get(interface)
        return self._interfaces3.get(interface) if version.startswith("0.3.") else None


__all__ = [
    "Answer",
    "Chunks",
    "Exit",
    "InputStream",
    "OutputStream",
    "Pause",
    "Pollable",
    "Request",
    "Response",
    "Timeline",
    "Wasi",
    "case",
]
