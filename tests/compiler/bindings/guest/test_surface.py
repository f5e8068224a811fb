"""The guest package has the run-time names of what componentize-py writes: modules, classes, members, parameters.

componentize-py is run, not imitated: a new version of it shows here. Only worlds that it writes readable and complete
Python for can be compared; for the others see `test_findings`.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkout import ROOT
from tests.compiler.bindings.guest.planning import plan, plan_text, write
from witgen.api import load_and_resolve

VALUES = """
package demo:values@1.2.3;

interface shapes {
  /// A point.
  record point { x: s32, y-axis: f64, class: option<option<u8>> }
  variant shape { none, dot(point), many(list<shape-name>), %bytes(list<u8>) }
  type shape-name = string;
  enum color { red, dark-green, none }
  flags edges { left, top-right }
  flags nothing { }
  type outcome = result<point, color>;
  type renamed = outcome;
  record framed { canvas: canvas, shape: shape }
  resource canvas {
    constructor(width: u32);
    paint: func(shape: shape) -> outcome;
    copy: func() -> canvas;
    open: static func(%from: string) -> result<canvas, color>;
    merge: static func(a: borrow<canvas>, b: canvas) -> renamed;
    close: static func(self: canvas, %lambda: u8);
    tint: func(cls: u8, match: u8, print: u8);
  }
  %async: func(in: list<tuple<u8, string>>) -> renamed;
}
interface sink {
  use shapes.{canvas, shape, outcome as result-of};
  resource drain { pour: func(canvas: canvas, shape: shape); }
  put: func(canvas: borrow<canvas>, cls: u8) -> result-of;
}
world values {
  use shapes.{point};
  record mine { at: point }
  import log: func(text: string, self: u8, cls: u8) -> mine;
  import shapes;
  export sink;
  export shapes;
  export run: func(args: list<mine>) -> result<_, string>;
}
"""

CLASHES = """
package demo:clashes;

package other:first@1.0.0 { interface types { record a { x: u8 } f: func(a: a); } }
package other:second@1.0.0 { interface types { record a { x: u8 } f: func(a: a); } }
package other:second@2.0.0 { interface types { enum a { x } f: func(a: a); } }
interface alone { use other:second/types@2.0.0.{a}; g: func(a: a) -> a; }
interface only-aliases { type t = u8; }
world clashes {
  import only-aliases;
  import other:first/types@1.0.0;
  import other:second/types@1.0.0;
  import alone;
  export other:second/types@2.0.0;
  export alone;
}
"""

ASYNC = """
package demo:pipes;

interface channels {
  record rec { a: u8 }
  record same { a: u8 }
  resource res { constructor(); take: async func(s: stream<rec>) -> future<res>; }
  type named = stream<string>;
  f: async func(a: stream<u8>, b: named, c: future) -> future<result<rec, string>>;
  g: func(a: stream<same>, b: stream<tuple<u8, string>>) -> stream<option<future<list<u8>>>>;
  h: func(a: stream<list<error-context>>) -> stream;
  type text = string;
  k: func(a: stream<string>, b: stream<text>, c: future<option<text>>, d: future<option<string>>);
}
world pipes {
  import channels;
  export channels;
  export run: async func(s: stream<u8>) -> future<u32>;
}
"""


def surface(folder: Path) -> dict[str, dict[str, object]]:
    """What each module below `folder` defines, imports aside."""
    return {
        path.relative_to(folder).as_posix(): dict(_names(ast.parse(path.read_text(encoding="utf-8")).body))
        for path in folder.rglob("*.py")
    }


def _names(body: list[ast.stmt]) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                decorators = [ast.unparse(decorator).lstrip("_") for decorator in node.decorator_list]
                found.append((node.name, (type(node), decorators, [arg.arg for arg in node.args.args])))
            case ast.ClassDef():
                bases = [ast.unparse(base).lstrip("_") for base in node.bases]
                decorators = [ast.unparse(decorator).lstrip("_") for decorator in node.decorator_list]
                decorators = [name for name in decorators if name != "final"]  # for checkers only
                found.append((node.name, (bases, decorators, _names(node.body))))
            case ast.Assign():
                found.append((ast.unparse(node.targets[0]), "assignment"))
            case ast.AnnAssign():
                found.append((ast.unparse(node.target), "annotation"))
            case ast.If():  # `if TYPE_CHECKING`: what runs is the other branch
                # An `__init__` there takes the place of object's own, which has no text.
                found += [(name, what) for name, what in _names(node.orelse) if name != "__init__"]
            case _:
                pass
    return found


def componentize_py(wit: Path, world: str, folder: Path) -> Path:
    """Let componentize-py write its bindings."""
    program = "import sys; from componentize_py import script; sys.exit(script())"
    command = [sys.executable, "-c", program, "-d", str(wit), "-w", world, "--all-features", "bindings", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "wit_world"


@pytest.mark.parametrize(("world", "text"), [("values", VALUES), ("clashes", CLASHES), ("pipes", ASYNC)])
def test_surface_is_that_of_componentize_py(world: str, text: str, tmp_path: Path) -> None:
    """Small worlds with every kind of type, clashing names, streams and futures."""
    (tmp_path / "world.wit").write_text(text, encoding="utf-8")
    files, diagnostics = plan_text(text, world)
    assert diagnostics.found == []
    ours = write(files, tmp_path / "ours") / "wit_world"
    assert surface(ours) == surface(componentize_py(tmp_path / "world.wit", world, tmp_path / "theirs"))


def test_proxy_has_the_surface_of_componentize_py(tmp_path: Path) -> None:
    """The main job: `wasi:http/proxy`."""
    resolved = load_and_resolve(str(ROOT / "wit"), all_features=True).resolved
    files, diagnostics = plan(resolved.root.worlds["proxy"])
    assert diagnostics.found == []
    ours = write(files, tmp_path / "ours") / "wit_world"
    assert surface(ours) == surface(componentize_py(ROOT / "wit", "proxy", tmp_path / "theirs"))


@pytest.mark.parametrize(
    "name",
    ["componentize_py_types", *(f"componentize_py_async_support/{n}" for n in ("__init__", "streams", "futures"))],
)
def test_siblings_keep_their_public_names(name: str, tmp_path: Path) -> None:
    """A sibling defines each public name that componentize-py's has."""
    (tmp_path / "world.wit").write_text(ASYNC, encoding="utf-8")
    files, _ = plan_text(ASYNC, "pipes")
    theirs = componentize_py(tmp_path / "world.wit", "pipes", tmp_path / "theirs").parent / f"{name}.py"
    # Text, not syntax: componentize-py's needs Python 3.12.
    expected = set(
        re.findall(r"^(?:(?:async )?def |class )?([A-Za-z]\w*)(?=[\[(]| =)", theirs.read_text(), re.MULTILINE)
    )
    assert expected
    assert expected <= {n for n, _ in _names(ast.parse(files[f"{name}.py"]).body)}
