"""Functions and resources, on both sides.

An import is a stub with the types of what componentize-py generates; outside a component it raises
`NotImplementedError`, as componentize-py's own stubs do. An export is an abstract method of a Protocol.
"""

from __future__ import annotations

from ....component.items import Constructor, Freestanding, Function, Method, Static
from ....component.types import Resource
from ....dataclass import replace
from ...emit.pymodel import PyCheckedFunction, PyClass, PyFunction, PyParam
from ..docs import docstring, raises, respelled
from ..naming import camel, snake
from .annotations import TYPES, Absolute, Place, annotation, direct_result
from .scope import Scope


def function_name(function: Function) -> str:
    """The name that a function or method goes by."""
    return "__init__" if isinstance(function.kind, Constructor) else snake(function.item_name)


def receiver_of(function: Function, *, exported: bool) -> str:
    """The first parameter that Python adds to a function; empty for an imported function of no resource."""
    match function.kind:
        case Method() | Constructor():
            return "self"
        case Static():
            return "cls"
        case Freestanding():
            return "self" if exported else ""


def parameter(name: str, receiver: str) -> str:
    """The name of a parameter, as componentize-py has it, with an underscore where it would be the `receiver` again."""
    spelled = snake(name)
    return f"{spelled}_" if spelled == receiver else spelled


def plan_import(function: Function, scope: Scope) -> PyFunction:
    """A freestanding import of an interface or of the world itself."""
    return _stub(function, Place(scope))


def plan_export(function: Function, place: Place) -> PyFunction:
    """A function of an exported interface, or of the world: an abstract method of its Protocol, in whose class `place` is."""
    return _abstract(function, place)


def plan_imported_resource(resource: Resource, functions: tuple[Function, ...], scope: Scope) -> tuple[PyClass, ...]:
    """The class of an imported resource: a context manager around its handle."""
    place = Place(scope, frozenset(function_name(f) for f in functions))
    methods: list[PyFunction | PyCheckedFunction] = [_stub(function, place) for function in functions]
    if all(not isinstance(function.kind, Constructor) for function in functions):
        methods.insert(0, _no_constructor(resource, place))
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


def _no_constructor(resource: Resource, place: Place) -> PyCheckedFunction:
    """What refuses a call of a class without a constructor.

    Checkers find no argument that fits. A subclass, which a test may write, is made like any other object; so is the
    object that componentize-py makes by `__new__`.
    """
    name = camel(resource.name)
    place.helper("typing", "TYPE_CHECKING")
    any_object = place.builtin("object")
    never = PyParam("there_is_no_constructor", place.helper("typing", "Never"))
    parent = place.builtin("super")
    parent = f"{parent}()" if parent == "super" else f"{parent}({name}, self)"  # `super` alone knows its class
    refused = (
        f"if {place.builtin('type')}(self) is {name}:\n"
        f"""    raise {place.builtin('TypeError')}("the resource `{resource.name}` has no constructor")"""
    )
    given = (PyParam("self"), PyParam("*args", any_object), PyParam("**kwargs", any_object))
    return PyCheckedFunction(
        (PyFunction("__init__", (PyParam("self"), never, PyParam("/")), "None"),),
        (PyFunction("__init__", given, "None", body=(refused, f"{parent}.__init__(*args, **kwargs)")),),
    )


def _stub(function: Function, place: Place) -> PyFunction:
    plain = _signature(function, place, receiver_of(function, exported=False))
    decorators = (place.builtin("classmethod"),) if isinstance(function.kind, Static) else ()
    return replace(plain, decorators=decorators, body=(refusal(place),))


def _abstract(function: Function, place: Place) -> PyFunction:
    plain = _signature(function, place, receiver_of(function, exported=True))
    abstract = place.helper("abc", "abstractmethod")
    decorators = (place.builtin("classmethod"), abstract) if isinstance(function.kind, Static) else (abstract,)
    return replace(plain, decorators=decorators, body=(f"raise {place.builtin('NotImplementedError')}",))


def _signature(function: Function, place: Place, receiver: str) -> PyFunction:
    """Name, parameters, result and docs; no body and no decorators."""
    params = function.params[1:] if isinstance(function.kind, Method) else function.params
    named = {param.name: parameter(param.name, receiver) for param in params}
    result, extra = _outcome(function, place)
    first = (PyParam(receiver),) if receiver else ()
    return PyFunction(
        function_name(function),
        (*first, *(PyParam(named[p.name], annotation(p.type, place)) for p in params)),
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


__all__ = [
    "function_name",
    "parameter",
    "plan_export",
    "plan_exported_resource",
    "plan_import",
    "plan_imported_resource",
    "receiver_of",
    "refusal",
]
