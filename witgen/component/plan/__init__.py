"""The bytes of a component go in; the plan by which an engine instantiates it, and its skeleton for wasmtime's validator,
come out. It may import the reader and the vocabulary beside it, and the standard library.

    bytes --sections--> definitions --planner--> Plan        (what to instantiate, what crosses)
                                    --skeleton--> component   (the same without code)

Standard library only. As in `binary`, the file is hostile until proven otherwise: whatever is wrong with it is a
`BinaryError`, and what it can cost is bounded. A plan is *not* a proof that the component is valid: before anything of it
runs, wasmtime must have accepted the skeleton and every core module.
"""

from __future__ import annotations

from .items import Plan
from .planner import Planner
from .sections import ComponentCode, core_modules, read_code
from .skeleton import skeleton


def make_plan(data: bytes | bytearray | memoryview) -> tuple[Plan, bytes]:
    """Read a component.

    Args:
        data: a component in the binary format.

    Returns:
        Its plan, and its skeleton in the binary format.

    Raises:
        BinaryError: it is not a component, cannot be read, or uses what plans do not support (`Fault.UNSUPPORTED`): async
            built-ins, values, start functions, imports of components and core modules.
    """
    view = memoryview(data)
    code = read_code(view)
    plan = Planner(view).run(code)
    used = {step.start for step in plan.modules}
    plan.unused = [(module.start, module.end) for module in core_modules(code) if module.start not in used]
    return plan, skeleton(view, code)


__all__ = ["ComponentCode", "Plan", "make_plan", "read_code", "skeleton"]
