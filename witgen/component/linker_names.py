"""What wasmtime supplies itself, and which names its linker takes for the same interface. Standard library only.

The one table of this: the compiler, the comparison and the runtime use it. Measured on wasmtime 50.0.1, by linking
components that import each interface of WASI 0.2.
"""

from __future__ import annotations

from .semver import Version

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
"""The interfaces, without version, that `add_wasip2` defines, in a version that is compatible with 0.2.0."""
NATIVE_HTTP = frozenset({"wasi:http/types", "wasi:http/outgoing-handler"})
"""Those that `add_wasi_http` defines."""


def family(name: str) -> str:
    """What two interface names have in common exactly if wasmtime's linker takes one for the other.

    `a:b/c@1.2.3` is known by `a:b/c@1`, `@0.2.3` by `@0.2`; `@0.0.3`, pre-releases and names without a version only by
    themselves.
    """
    base, _, text = name.partition("@")
    version = Version.parse(text)
    if version is None or version.pre:
        return name
    if version.major:
        return f"{base}@{version.major}"
    return f"{base}@0.{version.minor}" if version.minor else name


def is_native(name: str) -> bool:
    """Whether `add_wasip2` supplies the interface."""
    base, _, version = family(name).partition("@")
    return base in NATIVE and version == "0.2"


def is_native_http(name: str) -> bool:
    """Whether `add_wasi_http` supplies the interface."""
    base, _, version = family(name).partition("@")
    return base in NATIVE_HTTP and version == "0.2"
