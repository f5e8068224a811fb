"""The real `wasi:http/proxy` guest, built by componentize-py and bound by the generated host package."""

from __future__ import annotations

import pytest

from tests.checkout import ROOT, TESTS
from tests.generated.proxy.host.proxy import Proxy, ProxyPre, types
from tests.run.building import CACHE, build
from witgen.runtime import Engine, MissingImportError, NativeResourceError, Store, engine


@pytest.fixture(scope="module")
def wasm() -> Engine:
    """One engine for all instances."""
    return engine(cache=CACHE.parent / "compiled")


@pytest.fixture(scope="module")
def prepared(wasm: Engine) -> ProxyPre:
    """The component, built and prepared once."""
    sources = TESTS / "run" / "proxy" / "guest"
    return Proxy.prepare(wasm, build(ROOT / "wit", "proxy", "app", sources, TESTS / "generated" / "proxy" / "guest"))


def test_the_component_is_instantiated_and_its_export_bound(wasm: Engine, prepared: ProxyPre) -> None:
    """With HTTP supplied natively, wasmtime instantiates the guest, and its handler is there to be called."""
    app = prepared.instantiate(Store(wasm), http=True)
    assert callable(app.incoming_handler.handle)


def test_http_is_not_granted_unasked(wasm: Engine, prepared: ProxyPre) -> None:
    """Without `http=True` the HTTP interfaces are missing imports like any other."""
    with pytest.raises(
        MissingImportError, match=r"missing import wasi:http/types@0\.2\.8: pass http=True .* or pass types= "
    ):
        prepared.instantiate(Store(wasm))


class AnyRequest:
    """Some object of Python's."""


def test_python_cannot_make_a_native_request(wasm: Engine, prepared: ProxyPre) -> None:
    """Calling `handle` with HTTP supplied natively is a named error that says what is needed; the store stays usable."""
    app = prepared.instantiate(Store(wasm), http=True)
    with pytest.raises(NativeResourceError, match=r"handle\(request\).*types="):
        app.incoming_handler.handle(AnyRequest(), AnyRequest())  # type: ignore[arg-type]  # the mistake under test
    assert callable(prepared.instantiate(Store(wasm), http=True).incoming_handler.handle)
    assert types.Method_Get() == types.Method_Get()
