"""A package whose modules can be imported before its own `__init__` has run.

Python runs the `__init__` of a package before any of its modules, and that may import all of them. A late package is put
where `import` looks; its `__init__` runs when it is first asked for a name of its own, by whomever, and the package is
then what `import` would have made it.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec
from threading import RLock
from types import ModuleType

_initializing = RLock()


class _Late(ModuleType):
    """A package that has not run its `__init__`. Afterwards it is an ordinary module."""

    def __getattr__(self, name: str) -> object:
        with _initializing:
            state = self.__dict__
            if type(self) is _Late and "__late_started__" not in state:
                state["__late_started__"] = True
                try:
                    loader = self.__spec__.loader if self.__spec__ is not None else None
                    assert loader is not None
                    loader.exec_module(self)
                    object.__setattr__(self, "__class__", ModuleType)
                finally:
                    del state["__late_started__"]
            if name in state:
                return state[name]
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)


def late_package(name: str) -> None:
    """Let the modules of a package that is installed be imported before its `__init__` runs.

    Nothing changes if the package has been imported, or is not a regular package.
    """
    spec = None if name in sys.modules else find_spec(name)
    if spec is None or spec.loader is None or spec.submodule_search_locations is None:
        return
    package = module_from_spec(spec)
    package.__class__ = _Late
    sys.modules.setdefault(name, package)
