"""Functions and resources, on both sides.

An import is a stub with the types of what componentize-py generates; outside a component it raises
`NotImplementedError`, as componentize-py's own stubs do. An export is an abstract method of a Protocol.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable

from ....component.items import Constructor, Freestanding, Function, Method, Static
from ....component.types import Resource
from ...emit.guest_modules import ImplementedProtocol, Refusal, ResourceClass, Signature
from ...emit.pymodel import PyParam
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


def plan_import(function: Function, scope: Scope) -> Signature:
    """A freestanding import of an interface or of the world itself."""
    return _signature(function, Place(scope), exported=False)


def plan_imported_resource(resource: Resource, functions: tuple[Function, ...], scope: Scope) -> ResourceClass:
    """The class of an imported resource."""
    place = Place(scope, frozenset(function_name(f) for f in functions))
    has_constructor = any(isinstance(function.kind, Constructor) for function in functions)
    return ResourceClass(
        camel(resource.name),
        resource.name,
        docstring(scope.respelled(resource.docs, resource.owner), resource.stability),
        tuple(_signature(function, place, exported=False) for function in functions),
        itself=place.helper("typing", "Self"),
        traceback=place.helper("types", "TracebackType"),
        type=place.builtin("type"),
        base_exception=place.builtin("BaseException"),
        not_implemented=place.builtin("NotImplementedError"),
        refusal=None if has_constructor else _refusal(resource, place),
    )


def plan_protocol(
    name: str, functions: Iterable[Function], docs: str, scope: Scope, *, exported: bool, itself: Resource | None = None
) -> ImplementedProtocol:
    """The Protocol of what the application implements.

    Args:
        name: of the Protocol.
        functions: of an exported interface, of the world, or of the resource `itself`.
        docs: the docstring.
        scope: of the module.
        exported: whether they are of an interface; types that the world itself uses are those of its imports.
        itself: the resource that the application's class is.
    """
    functions = tuple(functions)
    place = Place(scope, frozenset(map(function_name, functions)), exported=exported, itself=itself)
    return ImplementedProtocol(
        name,
        scope.helper("typing", "Protocol", frozenset()),
        docs,
        tuple(_signature(function, place, exported=True) for function in functions),
        place.helper("abc", "abstractmethod") if functions else "",
    )


def plan_exported_resource(resource: Resource, functions: tuple[Function, ...], scope: Scope) -> ImplementedProtocol:
    """The Protocol that the application's class of an exported resource follows."""
    docs = (
        docstring(scope.respelled(resource.docs, resource.owner), resource.stability)
        or f"The resource `{resource.name}`, implemented here."
    )
    return plan_protocol(camel(resource.name), functions, docs, scope, exported=True, itself=resource)


def _refusal(resource: Resource, place: Place) -> Refusal:
    """What refuses a call of a class without a constructor.

    Checkers find no argument that fits. A subclass, which a test may write, is made like any other object; so is the
    object that componentize-py makes by `__new__`.
    """
    place.helper("typing", "TYPE_CHECKING")
    parent = place.builtin("super")
    return Refusal(
        never=place.helper("typing", "Never"),
        object=place.builtin("object"),
        type=place.builtin("type"),
        type_error=place.builtin("TypeError"),
        # `super` alone knows its class
        parent=f"{parent}()" if parent == "super" else f"{parent}({camel(resource.name)}, self)",
    )


def _signature(function: Function, place: Place, *, exported: bool) -> Signature:
    receiver = receiver_of(function, exported=exported)
    params = function.params[1:] if isinstance(function.kind, Method) else function.params
    named = {param.name: parameter(param.name, receiver) for param in params}
    result, extra = _outcome(function, place)
    first = (PyParam(receiver),) if receiver else ()
    return Signature(
        function_name(function),
        (*first, *(PyParam(named[p.name], annotation(p.type, place)) for p in params)),
        result,
        docstring(
            respelled(function.docs, ChainMap(named, place.scope.layout.in_docs_of(function))),
            function.stability,
            extra,
        ),
        place.builtin("NotImplementedError"),
        (place.builtin("classmethod"),) if isinstance(function.kind, Static) else (),
        function.is_async,
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


__all__ = [
    "function_name",
    "parameter",
    "plan_exported_resource",
    "plan_import",
    "plan_imported_resource",
    "plan_protocol",
    "receiver_of",
]
