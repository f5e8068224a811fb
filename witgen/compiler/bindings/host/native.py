"""The interfaces that wasmtime supplies itself, so that an import of one may be left out.

Measured on wasmtime 50.0.1 by linking components that import each interface of WASI 0.2 (the runtime keeps the
same table; a test compares the two).
"""

from __future__ import annotations

from ....component.names import Version

_WASI = {
    "cli": (
        "environment exit stderr stdin stdout terminal-input terminal-output terminal-stderr terminal-stdin"
        " terminal-stdout"
    ),
    "clocks": "monotonic-clock wall-clock",
    "filesystem": "preopens types",
    "io": "error poll streams",
    "random": "insecure insecure-seed random",
    "sockets": "instance-network ip-name-lookup network tcp tcp-create-socket udp udp-create-socket",
}
NATIVE = frozenset(f"wasi:{package}/{name}" for package, names in _WASI.items() for name in names.split())
"""What `add_wasip2` defines, without versions."""
NATIVE_HTTP = frozenset({"wasi:http/types", "wasi:http/outgoing-handler"})
"""What `add_wasi_http` defines, without versions."""


def is_native(interface_id: str) -> bool:
    """Whether wasmtime supplies the interface, given any grants that it may need."""
    return _is_in(NATIVE, interface_id)


def is_native_http(interface_id: str) -> bool:
    """Whether wasmtime supplies the interface where it is asked to, because it gives the component the network."""
    return _is_in(NATIVE_HTTP, interface_id)


def _is_in(table: frozenset[str], interface_id: str) -> bool:
    base, _, text = interface_id.partition("@")
    version = Version.parse(text)
    return base in table and version is not None and (version.major, version.minor, version.pre) == (0, 2, "")
