"""Code that checks a Python value and writes it into an image.

The code is optimistic: it tests just enough to notice that a value does not fit, and then raises anything. Whoever runs
it asks the codecs of the public layer what is wrong, so that messages and paths have one source. What is rare but fits
(a subclass of `int`, a tuple for a list) goes through a `columns.to_…` function.
"""

from __future__ import annotations

from array import array
from contextlib import ExitStack

from .._codecs import numbers as _numbers
from .._codecs.plain import case_of
from .._types import (
    Borrow,
    Enum,
    Flags,
    List,
    Map,
    Option,
    Own,
    Primitive,
    Record,
    Result,
    Tuple,
    Type,
    Variant,
    mentioned,
)
from .._values import Err, Ok, Some
from . import columns
from . import memory as _memory
from .image import Image, Repeated, bytes_of
from .resource import resource_codec
from .source import Source, attribute

_MANY_CASES = 5


class Lowering:
    """Emits into `source`. `locals` hold what the memory points to, or the list called `keep` in a loop."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lists: dict[Type, str] = {}

    def lower(self, ty: Type, image: Image, at: int, value: str, keep: str = "") -> None:
        """Emit code that lowers `value` (a local's name) to the 4 words at `at`."""
        match ty:
            case Primitive.STRING:
                self._string(image, at, value, keep)
            case Primitive():
                self._primitive(ty, image, at, value)
            case List() | Map():
                self._vector(ty, image, at, value, keep)
            case Record():
                self._record(ty, image, at, value, keep)
            case Tuple():
                self._tuple(ty, image, at, value, keep)
            case Variant():
                self._variant(ty, image, at, value, keep)
            case Enum():
                self._enum(ty, image, at, value)
            case Flags():
                self._flags(ty, image, at, value, keep)
            case Option():
                self._option(ty, image, at, value, keep)
            case Result():
                self._result(ty, image, at, value, keep)
            case Own() | Borrow():
                image.words[at] = _memory.RESOURCE
                codec = self._source.bind(resource_codec(ty))
                self._source.line(f"{image.place('Q', at + 1)} = {codec}.lower(call, {value})")
            case _:
                raise AssertionError(f"{ty} was refused before")

    # ---- leaves ----------------------------------------------------------------------------------------------------

    def _primitive(self, ty: Primitive, image: Image, at: int, value: str) -> None:
        line = self._source.line
        image.words[at], form = _memory.PRIMITIVE[ty]
        place = image.place(form, at + 1)
        match ty:
            case Primitive.BOOL:
                line(f"if {value} is not True and {value} is not False: {value} = to_bool({value})")
                line(f"{place} = {value}")
            case Primitive.F64:
                line(f"if type({value}) is not float: {value} = to_float({value})")
                line(f"{place} = {value}")
            case Primitive.F32:
                line(f"if type({value}) is not float: {value} = to_float({value})")
                line(f"if not -{columns.F32_END!r} < {value} < {columns.F32_END!r}: {value} = to_f32({value})")
                line(f"{place} = {value}")
            case Primitive.CHAR:
                line(f"if type({value}) is not str: {value} = to_str({value})")
                line(f"{value} = ord({value})")
                line(f"if 0xD800 <= {value} <= 0xDFFF: raise Refused")
                line(f"{place} = {value}")
            case _:
                line(f"if type({value}) is not int: {value} = to_int({value})")
                line(f"{place} = {value}")

    def _string(self, image: Image, at: int, value: str, keep: str) -> None:
        line = self._source.line
        image.words[at] = _memory.STRING
        line(f"if type({value}) is not str: {value} = to_str({value})")
        data = self._source.name("s")
        line(f"{data} = {value}.encode()")
        line(f"{image.place('Q', at + 1)} = len({data})")
        line(f"{image.place('Q', at + 2)} = id({data}) + {_memory.BYTES_AT}")
        if keep:
            line(f"{keep}({data})")

    def _name(self, image: Image, at: int, name: str) -> None:
        """A name that never changes, at two words."""
        image.words[at], image.words[at + 1] = _memory.name_of(name)

    def _store_name(self, image: Image, at: int, name: str) -> None:
        length, address = _memory.name_of(name)
        self._source.line(f"{image.place('Q', at)} = {length}")
        self._source.line(f"{image.place('Q', at + 1)} = {self._source.bind(address)}")

    def _enum(self, ty: Enum, image: Image, at: int, value: str) -> None:
        image.words[at] = _memory.ENUM
        by_value = all(isinstance(member.value, int) for member in ty.cls)  # whose hash is cheaper than a member's
        table = {
            member.value if by_value else member: _memory.name_of(name)
            for member, name in zip(ty.cls, ty.names, strict=True)
        }
        cls = self._source.bind(ty.cls)
        key = f"{value}._value_" if by_value else value
        self._source.line(f"if type({value}) is not {cls}: raise Refused")
        self._source.line(f"{image.place('Q', at + 1)}, {image.place('Q', at + 2)} = {self._source.bind(table)}[{key}]")

    def _flags(self, ty: Flags, image: Image, at: int, value: str, keep: str) -> None:
        image.words[at] = _memory.FLAGS
        lists = self._source.bind(columns.FlagNames(ty))
        cls = self._source.bind(ty.cls)
        names = self._source.name("f")
        self._source.line(f"if type({value}) is not {cls}: raise Refused")
        self._source.line(f"{names} = {lists}[{value}._value_]")
        self._source.line(f"{image.place('Q', at + 1)}, {image.place('Q', at + 2)}, _ = {names}")
        if keep:
            self._source.line(f"{keep}({names})")

    # ---- structures of a fixed size --------------------------------------------------------------------------------

    def _record(self, ty: Record, image: Image, at: int, value: str, keep: str) -> None:
        line = self._source.line
        cls = self._source.bind(ty.cls)
        image.words[at : at + 2] = _memory.RECORD, len(ty.fields)
        rest = image.rest
        entries = rest.reserve(_memory.ENTRY * len(ty.fields))
        image.link(at + 2, entries)
        line(f"if type({value}) is not {cls} and not isinstance({value}, {cls}): raise Refused")
        for n, (wit, name, field) in enumerate(ty.fields):
            entry = entries + _memory.ENTRY * n
            self._name(rest, entry, wit)
            inner = self._source.name("x")
            line(f"{inner} = {attribute(value, name)}")
            self.lower(field, rest, entry + 2, inner, keep)

    def _tuple(self, ty: Tuple, image: Image, at: int, value: str, keep: str) -> None:
        line = self._source.line
        image.words[at : at + 2] = _memory.TUPLE, len(ty.elements)
        line(f"if type({value}) is not tuple and not isinstance({value}, tuple): raise Refused")
        rest = image.rest
        values = rest.reserve(_memory.VAL * len(ty.elements))
        image.link(at + 2, values)
        inner = [self._source.name("x") for _ in ty.elements]
        line(f"{', '.join(inner)}, = {value}")
        for n, element in enumerate(ty.elements):
            self.lower(element, rest, values + _memory.VAL * n, inner[n], keep)

    def _box(self, ty: Type, image: Image, word: int, value: str, keep: str) -> None:
        """A payload of its own, to which `word` points."""
        box = image.rest.reserve(_memory.VAL)
        self.lower(ty, image.rest, box, value, keep)
        self._source.line(f"{image.place('Q', word)} = {image.rest.address(box)}")

    def _option(self, ty: Option, image: Image, at: int, value: str, keep: str) -> None:
        source = self._source
        image.words[at] = _memory.OPTION
        with source.block(f"if {value} is None:"):
            source.line(f"{image.place('Q', at + 1)} = 0")
        with source.block("else:"):
            if isinstance(ty.element, Option):
                source.line(f"if not isinstance({value}, {source.bind(Some)}): raise Refused")
                inner = source.name("x")
                source.line(f"{inner} = {value}.value")
                value = inner
            self._box(ty.element, image, at + 1, value, keep)

    def _result(self, ty: Result, image: Image, at: int, value: str, keep: str) -> None:
        source = self._source
        with source.block(f"if isinstance({value}, {source.bind(Ok)}):"):
            self.lower_part(ty, True, image, at, f"{value}.value", keep)
        with source.block(f"elif isinstance({value}, {source.bind(Err)}):"):
            self.lower_part(ty, False, image, at, f"{value}._value", keep)  # what the property gives
        with source.block("else:"):
            source.line("raise Refused")

    def lower_part(self, ty: Result, ok: bool, image: Image, at: int, value: str, keep: str = "") -> None:
        """One side of a result; `value` is an expression for its payload."""
        source = self._source
        image.words[at] = _memory.RESULT
        payload = ty.ok if ok else ty.err
        source.line(f"{image.place('B', at + 1)} = {int(ok)}")
        inner = source.name("x")
        source.line(f"{inner} = {value}")
        if payload is None:
            source.line(f"if {inner} is not None: raise Refused")
            source.line(f"{image.place('Q', at + 2)} = 0")
        else:
            self._box(payload, image, at + 2, inner, keep)

    def _variant(self, ty: Variant, image: Image, at: int, value: str, keep: str) -> None:
        source = self._source
        image.words[at] = _memory.VARIANT
        cls = source.name("t")
        source.line(f"{cls} = type({value})")
        cases = source.bind({case: None for _, case, _ in ty.cases})
        source.line(f"if {cls} not in {cases}: {cls} = case_of({cases}, {value})")  # an instance of a subclass
        with ExitStack() as stack:
            plain = [(wit, case) for wit, case, payload in ty.cases if payload is None]
            head = "if"
            for wit, case, payload in ty.cases:
                if payload is None and len(plain) >= _MANY_CASES:
                    continue
                with source.block(f"{head} {cls} is {source.bind(case)}:"):
                    self._store_name(image, at + 1, wit)
                    if payload is None:
                        source.line(f"{image.place('Q', at + 3)} = 0")
                    else:
                        inner = source.name("x")
                        source.line(f"{inner} = {value}.value")
                        self._box(payload, image, at + 3, inner, keep)
                head = "elif"
            if head == "elif":
                stack.enter_context(source.block("else:"))
            if len(plain) < _MANY_CASES:
                source.line("raise Refused")
            else:
                table = source.bind({case: _memory.name_of(wit) for wit, case in plain})
                source.line(f"{image.place('Q', at + 1)}, {image.place('Q', at + 2)} = {table}[{cls}]")
                source.line(f"{image.place('Q', at + 3)} = 0")

    # ---- lists and maps --------------------------------------------------------------------------------------------

    def _vector(self, ty: List | Map, image: Image, at: int, value: str, keep: str) -> None:
        source = self._source
        image.words[at] = _memory.LIST if isinstance(ty, List) else _memory.MAP
        owner = source.name("o")
        call = "call, " if mentions_resource(ty) else ""
        source.line(
            f"{image.place('Q', at + 1)}, {image.place('Q', at + 2)}, {owner}"
            f" = {self._vector_function(ty)}({call}{value})"
        )
        if keep:
            source.line(f"{keep}({owner})")

    def _vector_function(self, ty: List | Map) -> str:
        """The name of a function from a list or map to (length, address, what to keep alive)."""
        known = self._lists.get(ty)
        if known is None:
            column = columns.lowering(ty.element) if isinstance(ty, List) else None
            known = self._lists[ty] = self._source.name("lower") if column is None else self._source.bind(column)
            if column is None:
                self._define(ty, known)
        return known

    def _define(self, ty: List | Map, name: str) -> None:
        source = self._source
        call = "call, " if mentions_resource(ty) else ""
        rest = Repeated("r")
        values = Repeated("v", rest)
        with source.function(f"def {name}({call}x):"):
            if isinstance(ty, List):
                source.line("x = [*x] if type(x) is list else to_list(x)")
            else:
                source.line("x = [*x.items()] if type(x) is dict else to_items(x)")
            source.line("n = len(x)")
            source.line("if not n: return 0, 0, None")
            with source.later() as before:
                if isinstance(ty, List):
                    values.reserve(_memory.VAL)
                    with source.block(""):
                        self.lower(ty.element, values, 0, "e", "keep")
                else:
                    values.reserve(2 * _memory.VAL)
                    with source.block(""):
                        source.line("d, e = e")
                        self.lower(ty.key, values, 0, "d", "keep")
                        self.lower(ty.value, values, _memory.VAL, "e", "keep")
                variables = values.variables() + rest.variables()
                head = [*values.opening(source.bind(values.template()))]
                if rest.words:
                    head += rest.opening(source.bind(rest.template()))
                head += [*values.linking(), *rest.linking()]
                head.append(f"keep = kept = [v{', r' if rest.words else ''}]")
                head.append("keep = kept.append")
                targets = ", ".join(["e", *(target for target, _ in variables)])
                over = ", ".join(["x", *(over for _, over in variables)])
                head.append(f"for {targets} in zip({over}):" if variables else "for e in x:")
                before(head)
            source.line("return n, vp, kept")


def mentions_resource(ty: Type | None) -> bool:
    """Whether values of a type hold handles."""
    return next(mentioned(ty), None) is not None


NAMES: dict[str, object] = {
    "Refused": columns.Refused,
    "array": array,
    "case_of": case_of,
    "bytes_of": bytes_of,
    "to_bool": _numbers.to_bool,
    "to_float": _numbers.to_float,
    "to_f32": columns.to_f32,
    "to_int": _numbers.to_int,
    "to_str": columns.to_str,
    "to_list": _numbers.to_list,
    "to_items": columns.to_items,
}
"""What lowering code uses by name."""
