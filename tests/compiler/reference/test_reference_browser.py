"""The pages in a real browser, where this machine has one: they show, search, fit a phone, and load nothing else.

The browser runs without a driver: a page of ours looks into the pages through frames and writes down what it sees.
Chromium is found on the path or at `WITGEN_BROWSER`.
"""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import struct
import subprocess
import threading
import zlib
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast

import pytest

from tests.checkout import ROOT
from witgen.cli import main

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER = os.environ.get("WITGEN_BROWSER") or next((path for name in NAMES if (path := shutil.which(name))), None)
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
LOOK = """<!doctype html><meta charset="utf-8"><body><pre id="seen"></pre><script>
const pages = PAGES;
async function look(page) {
  const frame = document.createElement("iframe");
  frame.width = 360; frame.height = 740; frame.src = page;
  const loaded = new Promise((resolve) => { frame.onload = resolve; });
  document.body.append(frame);
  await loaded;
  const inside = frame.contentDocument, view = frame.contentWindow;
  const results = [...inside.querySelectorAll("#results a")].map((link) => link.textContent);
  const seen = {
    page, results, width: inside.documentElement.scrollWidth,
    title: inside.querySelector("h1").innerText, alerted: Boolean(view.alerted),
    loaded: view.performance.getEntriesByType("resource").map((entry) => new URL(entry.name).pathname),
    paper: view.getComputedStyle(inside.body).backgroundColor,
  };
  frame.remove();
  return seen;
}
(async () => {
  const seen = [];
  for (const page of pages) seen.push(await look(page));
  document.getElementById("seen").textContent = JSON.stringify(seen);
})();
</script>"""

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium here: the pages were NOT opened in a browser")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The pages of the project's WIT, and of a package with hostile docs, served on this machine; the folder and its address."""
    folder = tmp_path_factory.mktemp("site")
    hostile = folder / "hostile.wit"
    docs = "/// <script>alerted = true</script><img src=x onerror='alerted = true'>\n"
    hostile.write_text(f"{docs}package a:b;\n{docs}interface i {{ {docs} f: func(); }}", encoding="utf-8")
    assert main(["docs", str(ROOT / "wit"), "-o", str(folder / "wasi")]) == 0
    assert main(["docs", str(hostile), "-o", str(folder / "hostile")]) == 0

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def browse(folder: Path, *words: str) -> str:
    """What a run of the browser prints, with a profile of its own."""
    assert BROWSER is not None
    command = [BROWSER, *FLAGS, f"--user-data-dir={folder / 'profile'}", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def look(site: tuple[Path, str], folder: Path, pages: list[str], *flags: str) -> dict[str, dict[str, object]]:
    """What is seen on each page, in a frame as wide as a phone."""
    (site[0] / "look.html").write_text(LOOK.replace("PAGES", json.dumps(pages)), encoding="utf-8")
    printed = browse(folder, *flags, "--virtual-time-budget=20000", "--dump-dom", f"{site[1]}/look.html")
    shown = re.search(r'<pre id="seen">(.+?)</pre>', printed, re.DOTALL)
    assert shown is not None, printed
    import html

    seen = cast("list[dict[str, object]]", json.loads(html.unescape(shown[1])))
    return {str(entry["page"]): entry for entry in seen}


def test_pages_fit_a_phone_search_and_load_nothing_else(site: tuple[Path, str], tmp_path: Path) -> None:
    """Of every page: a title, no sideways scrolling, three files of its own. A search finds what it is asked for."""
    wasi = site[0] / "wasi"
    pages = sorted(f"wasi/{path.relative_to(wasi).as_posix()}" for path in wasi.rglob("*.html"))
    unsafe = ["hostile/index.html", "hostile/packages/a/b/index.html", "hostile/packages/a/b/interface.i.html"]
    asked = "wasi/index.html?q=stream"
    seen = look(site, tmp_path, [*pages, asked, "wasi/index.html?q=nosuchthing", *unsafe])
    assert {page: entry["width"] for page, entry in seen.items()} == dict.fromkeys(seen, 360)
    assert all(entry["title"] and not entry["alerted"] for entry in seen.values())
    files = {name for entry in seen.values() for name in cast("list[str]", entry["loaded"])}
    assert files == {
        f"/{name}/assets/{file}" for name in ("wasi", "hostile") for file in ("index.js", "search.js", "style.css")
    }
    results = cast("list[str]", seen[asked]["results"])
    assert "streams interface wasi:io@0.2.8" in results and "input-stream resource wasi:io/streams@0.2.8" in results
    assert results[0].startswith("stream ")
    assert seen["wasi/index.html?q=nosuchthing"]["results"] == []


def test_the_dark_is_dark(site: tuple[Path, str], tmp_path: Path) -> None:
    """The paper of a page follows what the reader prefers."""
    page = "wasi/index.html"
    light = look(site, tmp_path, [page])[page]["paper"]
    dark = look(site, tmp_path, [page], "--blink-settings=preferredColorScheme=0")[page]["paper"]
    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(18, 22, 29)")


def test_a_picture_is_taken_without_a_server(site: tuple[Path, str], tmp_path: Path) -> None:
    """From the disk: the picture has the size asked for, and something on it."""
    picture = tmp_path / "page.png"
    page = site[0] / "wasi/packages/wasi/http@0.2.8/index.html"
    browse(tmp_path, "--window-size=1000,800", f"--screenshot={picture}", page.as_uri())
    data = picture.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", data[16:24]) == (1000, 800)
    rows = zlib.decompress(b"".join(chunk for kind, chunk in _chunks(data) if kind == b"IDAT"))
    assert len({rows[i : i + 3001] for i in range(0, len(rows), 3001)}) > 100


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length
