"""Runs scripts on witgen's engine, form by form."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from wasmtime import WasmtimeError, wat2wasm

import witgen.runtime as rt
from tests.component.wast.exceptions import Exempt, reason_of
from tests.component.wast.script import Form, Text, read
from tests.component.wast.values import CannotRun, Types, constant, same
from witgen.component.binary import BinaryError
from witgen.component.plan import Plan, make_plan
from witgen.component.plan.items import Function, Instance
from witgen.runtime import generated as abi

VARIABLE = "WITGEN_COMPONENT_MODEL"
"""The environment variable with the path of the checkout."""


class ExemptForm(Exception):
    """A form is not run, for the reason of a component that is refused."""

    def __init__(self, exempt: Exempt) -> None:
        super().__init__(exempt.reason)
        self.exempt = exempt


@dataclass(slots=True)
class Outcome:
    """Of one script: how many forms did as they say, which ones are not run by reason, and what the others did."""

    passed: int = 0
    exempt: Counter[Exempt] = field(default_factory=Counter[Exempt])
    failures: list[str] = field(default_factory=list[str])
    texts: Counter[str] = field(default_factory=Counter[str])
    """Whether the texts of traps are those of wasmtime."""


class Live:
    """An instance under test."""

    def __init__(self, engine: rt.Engine, data: bytes) -> None:
        self.types = Types()
        try:
            plan, _ = make_plan(data)
        except BinaryError:
            plan = Plan()  # `Prepared` says what is wrong
        self.functions: dict[str, Function] = dict(plan.exports.functions)
        self.homes = dict.fromkeys(self.functions, "")
        exports = [self._interface(name, instance) for name, instance in plan.exports.instances.items()]
        world = abi.WorldType("wast:test/test", "0.1.0", (), tuple(exports), ())
        self.instance = abi.Prepared(engine, data, world, abi="witgen").instantiate(rt.Store(engine), {})

    def _interface(self, name: str, instance: Instance) -> abi.ExportInterface:
        for function, found in instance.functions.items():
            self.functions[f"{name}#{function}"] = found
            self.homes[f"{name}#{function}"] = name
        return abi.ExportInterface(name, ())

    def call(self, form: Form) -> tuple[object, abi.Type | None]:
        """Make the call of an `invoke`; returns the result and its type."""
        name = form.texts()[0].decode()
        function = self.functions[name]
        params = tuple((f"a{n}", self.types.of(ty)) for n, (_, ty) in enumerate(function.type.params))
        result = self.types.optional(function.type.result)
        home = self.homes[name]
        found = abi.ExportFunc[..., object](home, name.rpartition("#")[2] if home else name, params, result)
        values = [constant(item, ty) for item, (_, ty) in zip(form.forms(), params, strict=True)]
        call = self.instance.bind(found)
        try:
            made = call(*values)
        except rt.Err as error:
            return error, result
        return (rt.Ok(made) if isinstance(result, abi.Result) else made), result


class Script:
    """One file."""

    def __init__(self, path: Path) -> None:
        self._name = f"{path.parent.name}/{path.name}"
        self._text = path.read_text(encoding="utf-8")
        self._engine = rt.engine(component_async=True)
        self._definitions: dict[str, bytes] = {}
        self._instances: dict[str, Live | Exempt] = {}
        self._latest = b""
        self._current: Live | Exempt | None = None
        self.outcome = Outcome()

    def run(self) -> Outcome:
        """Run it to its end."""
        for form in read(self._text):
            line = self._text.count("\n", 0, form.start) + 1
            try:
                self._form(form)
            except ExemptForm as found:
                self.outcome.exempt[found.exempt] += 1
            except Exception as error:  # noqa: BLE001 - the summary has each failure, whatever was raised
                words = str(error).strip().replace("\n", " ")[:200]
                self.outcome.failures.append(f"line {line}: {form.word}: {type(error).__name__}: {words}")
            else:
                self.outcome.passed += 1
        return self.outcome

    def _form(self, form: Form) -> None:
        match form.word:
            case "component":
                self._component(form)
            case "invoke":
                self._invoke(form)
            case "assert_return":
                got, ty = self._invoke(form.forms()[0])
                wanted = form.forms()[1:]
                if wanted:
                    assert ty is not None
                    expected = constant(wanted[0], ty)
                    assert same(got, expected), f"got {got!r}, want {expected!r}"
            case "assert_trap":
                self._trap(form)
            case "assert_invalid" | "assert_malformed":
                self._refused(form.forms()[0])
            case word:
                raise CannotRun(f"forms with `{word}`")

    def _component(self, form: Form) -> None:
        words = form.words()
        if words[1:2] == ["instance"]:
            name, definition = words[2], words[3] if len(words) > 3 else ""
            self._current = self._instances[name] = self._started(self._definitions.get(definition, self._latest))
            self._check()
            return
        name = next((word for word in words[1:] if word.startswith("$")), "")
        data = self._bytes(form)
        self._latest = data
        if name:
            self._definitions[name] = data
        if words[1:2] == ["definition"]:
            return
        self._current = None
        self._current = self._started(data)
        if name:
            self._instances[name] = self._current
        self._check()

    def _started(self, data: bytes) -> Live | Exempt:
        """An instance, or why there may be none."""
        try:
            return self._start(data)
        except rt.BindError as error:
            found = reason_of(self._name, str(error))
            if found is None:
                raise
            return found

    def _check(self) -> None:
        if isinstance(self._current, Exempt):
            raise ExemptForm(self._current)

    def _bytes(self, form: Form) -> bytes:
        words, texts = form.words(), form.texts()
        if "binary" in words:
            return b"".join(texts)
        if "quote" in words:
            return bytes(wat2wasm(Text(b"\n".join(texts)).decode()))
        text = self._text[form.start : form.end]
        return bytes(wat2wasm(text.replace("(component definition", "(component", 1)))

    def _start(self, data: bytes) -> Live:
        return Live(self._engine, data)

    def _invoke(self, form: Form) -> tuple[object, abi.Type | None]:
        words = form.words()
        live = self._instances[words[1]] if len(words) > 1 else self._current
        assert live is not None, "the script calls a function before it has an instance"
        if isinstance(live, Exempt):
            raise ExemptForm(live)
        return live.call(form)

    def _trap(self, form: Form) -> None:
        action, text = form.forms()[0], form.texts()[-1].decode()
        try:
            got = self._invoke(action)[0] if action.word == "invoke" else self._start(self._bytes(action))
        except rt.Trap as trap:
            self.outcome.texts["same" if text in str(trap) else "other"] += 1
            return
        except rt.StoreSpentError:
            self.outcome.texts["spent"] += 1
            return
        raise AssertionError(f"no trap ({text}), got {got!r}")

    def _refused(self, form: Form) -> None:
        try:
            data = self._bytes(form)
        except WasmtimeError:
            return
        try:
            self._start(data)
        except (rt.BindError, WasmtimeError) as error:
            # Refused for what the engine does not carry is not refused for what is wrong.
            if isinstance(error, rt.UnsupportedTypeError) and "abi='witgen'" in str(error):
                raise
            return
        raise AssertionError("it was taken")


def checkout() -> Path | None:
    """The checkout of the component model, if there is one."""
    found = os.environ.get(VARIABLE)
    return Path(found) if found else None


def scripts(root: Path, group: str) -> list[Path]:
    """The scripts of a group (`values`, `resources` …)."""
    return sorted((root / "test" / group).glob("*.wast"))


__all__ = ["VARIABLE", "Outcome", "Script", "checkout", "scripts"]
