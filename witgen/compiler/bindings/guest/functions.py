"""Functions and resources, on both sides.

An import is a stub with the types of what componentize-py generates; outside a component it raises
`NotImplementedError`, as componentize-py's own stubs do. An export is an abstract method of a Protocol.
"""

from __future__ import annotations

from ....component.items import Constructor, Freestanding, Function, Method, Static
from ....component.types import Resource
from ....dataclass import replace
from ...emit.pymodel import PyClass, PyFunction, PyParam
from ..docs import docstring, raises, respelled
from ..naming import camel, parameter, snake
from .annotations import TYPES, Absolute, Place, annotation, direct_result
from .scope import Scope


def function_name(function: Function) -> str:
    """The name that a function or method goes by."""
    return "__init__" if isinstance(function.kind, Constructor) else snake(function.item_name)


def plan_import(function: Function, scope: Scope) -> PyFunction:
    """A freestanding import of an interface or of the world itself."""
    return _stub(function, Place(scope))


def plan_export(function: Function, place: Place) -> PyFunction:
    """A function of an exported interface, or of the world: an abstract method of its Protocol, in whose class `place` is."""
    return _abstract(function, place)


def plan_imported_resource(resource: Resource, functions: tuple[Function, ...], scope: Scope) -> tuple[PyClass, ...]:
    """The class of an imported resource: a context manager around its handle."""
    place = Place(scope, frozenset(function_name(f) for f in functions))
    methods = [_stub(function, place) for function in functions]
    returns_itself = PyFunction(
        "__enter__",
        (PyParam("self"),),
        place.helper("typing", "Self"),
        "Return the resource itself.",
        body=("return self",),
    )
    exception = place.builtin("BaseException")
    drop = PyFunction(
        "__exit__",
        (
            PyParam("self"),
            PyParam("exc_type", f"{place.builtin('type')}[{exception}] | None"),
            PyParam("exc_value", f"{exception} | None"),
            PyParam("traceback", f"{place.helper('types', 'TracebackType')} | None"),
        ),
        "None",
        "Release the resource.",
        body=(refusal(place),),
    )
    return (
        PyClass(
            camel(resource.name),
            docstring=docstring(resource.docs, resource.stability),
            methods=(*methods, returns_itself, drop),
        ),
    )


def plan_exported_resource(resource: Resource, functions: tuple[Function, ...], scope: Scope) -> tuple[PyClass, ...]:
    """The Protocol that the application's class of an exported resource follows."""
    members = frozenset(function_name(f) for f in functions)
    place = Place(scope, members, exported=True, itself=resource)
    return (
        PyClass(
            camel(resource.name),
            bases=(scope.helper("typing", "Protocol", frozenset()),),
            docstring=docstring(resource.docs, resource.stability)
            or f"The resource `{resource.name}`, implemented here.",
            methods=tuple(_abstract(function, place) for function in functions),
        ),
    )


def _stub(function: Function, place: Place) -> PyFunction:
    plain = _signature(function, place)
    decorators = (place.builtin("classmethod"),) if isinstance(function.kind, Static) else ()
    return replace(plain, decorators=decorators, body=(refusal(place),))


def _abstract(function: Function, place: Place) -> PyFunction:
    plain = _signature(function, place)
    if isinstance(function.kind, Freestanding):
        plain = replace(plain, params=(PyParam("self"), *plain.params))
    abstract = place.helper("abc", "abstractmethod")
    decorators = (place.builtin("classmethod"), abstract) if isinstance(function.kind, Static) else (abstract,)
    return replace(plain, decorators=decorators, body=(f"raise {place.builtin('NotImplementedError')}",))


def _signature(function: Function, place: Place) -> PyFunction:
    """Name, parameters, result and docs; no body, no decorators, and no `self` for a function of an interface."""
    params = function.params
    receiver: tuple[PyParam, ...] = ()
    match function.kind:
        case Method():
            receiver, params = (PyParam("self"),), params[1:]
        case Constructor():
            receiver = (PyParam("self"),)
        case Static():
            receiver = (PyParam("cls"),)
        case Freestanding():
            pass
    result, extra = _outcome(function, place)
    named = {param.name: parameter(param.name) for param in function.params}
    return PyFunction(
        function_name(function),
        (*receiver, *(PyParam(parameter(p.name), annotation(p.type, place)) for p in params)),
        result,
        docstring(respelled(function.docs, named), function.stability, extra),
        is_async=function.is_async,
    )


def _outcome(function: Function, place: Place) -> tuple[str, tuple[str, ...]]:
    """What a function returns, and the paragraph that says what it raises."""
    direct = direct_result(function.result)
    extra: tuple[str, ...] = ()
    if direct is not None:
        error = annotation(direct.err, Absolute(place.scope.layout))
        extra = (raises(f"{TYPES}.Err", None if direct.err is None else error),)
    if isinstance(function.kind, Constructor):
        return "None", extra
    return annotation(function.result if direct is None else direct.ok, place), extra


def refusal(place: Place) -> str:
    """The statement that refuses a call made outside a component; the traceback names the function."""
    return f'raise {place.builtin("NotImplementedError")}("runs in a component; in tests, enter native(…)")'


__all__ = ["function_name", "plan_export", "plan_exported_resource", "plan_import", "plan_imported_resource", "refusal"]
