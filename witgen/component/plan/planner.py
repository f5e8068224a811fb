"""Makes the plan of a component: definitions in, a flat list of what to do out (Component Model, "Component Definitions").

An instantiated component is run again with what it is given, so the resources that it defines are new each time. Nothing
is validated beyond what the plan needs: wasmtime validates the skeleton. Time is bounded by the budget of the grammar,
which pays for every definition once per instance.
"""

from __future__ import annotations

from typing import assert_never

from ..binary.canon import Builtin, Canonical, Lift, Lower
from ..binary.canon import Options as RawOptions
from ..binary.entities import Kind
from ..binary.errors import BinaryError, Fault
from ..binary.syntax import (
    DEEPEST,
    Alias,
    AnySort,
    Budget,
    CoreAlias,
    CoreSort,
    Declarations,
    ExportAlias,
    ExportType,
    Import,
    OuterAlias,
    RawCoreType,
    RawFunc,
    RawRef,
    RawResource,
    RawShape,
    Sort,
)
from ..types import Primitive
from .core_module import Outline, read_outline
from .items import (
    ComponentInstance,
    CoreItem,
    FuncType,
    Imported,
    Instance,
    InstanceExport,
    InstantiateModule,
    Lifted,
    Lowered,
    Options,
    Plan,
    Resource,
    ResourceBuiltin,
    Shape,
    Trampoline,
    ValueType,
)
from .scope import CORE_SORTS, Component, CoreInstance, Described, Exports, Item, ResourceRef, Scope, TypeItem, entry
from .sections import (
    ComponentCode,
    CoreExports,
    CoreInstantiate,
    CoreModule,
    CoreType,
    Definition,
    Export,
    InstanceExports,
    Instantiate,
    Unplanned,
)
from .types import Shapes


class Planner:
    """One component. `plan` is complete after `run`."""

    def __init__(self, data: memoryview) -> None:
        self.plan = Plan()
        self._data = data
        self._budget = Budget()
        self._shapes = Shapes()
        self._outlines: dict[int, Outline] = {}
        self._depth = 0

    def run(self, code: ComponentCode) -> Plan:
        """Plan the component.

        Raises:
            BinaryError: its indices lead nowhere (so wasmtime refuses it as well), or it uses what no plan holds.
        """
        scope = self._component(code, Scope(0, None), None, None)
        self.plan.exports = self._exported(scope.exports, {})
        return self.plan

    def _component(self, code: ComponentCode, scope: Scope, parent: int | None, given: Exports | None) -> Scope:
        if self._depth >= DEEPEST:
            raise BinaryError(Fault.TOO_LARGE, f"components nest more than {DEEPEST} levels deep", code.start)
        self._depth += 1
        scope.instance = len(self.plan.instances)
        self.plan.instances.append(ComponentInstance(parent))
        for definition in code.definitions:
            self._budget.spend(1, code.start)
            self._define(definition, scope, given)
        self._depth -= 1
        return scope

    def _define(self, definition: Definition, scope: Scope, given: Exports | None) -> None:
        match definition:
            case CoreModule():
                scope.modules.append(definition)
            case ComponentCode():
                scope.components.append(Component(definition, scope.view()))
            case CoreInstantiate():
                scope.core_instances.append(self._core_instance(definition, scope))
            case CoreExports(exports, offset):
                kinds = {name: sort for name, sort, _ in exports}
                items = {name: self._core(scope, sort, index, offset) for name, sort, index in exports}
                scope.core_instances.append(CoreInstance(None, kinds, items))
            case CoreType():
                pass
            case Instantiate(component, arguments, offset):
                found = entry(scope.components, component, "component", offset)
                passed = Exports({name: self._item(scope, sort, index, offset) for name, sort, index in arguments})
                inner = Scope(0, found.scope)
                scope.instances.append(self._component(found.code, inner, scope.instance, passed).exports)
            case InstanceExports(exports, offset):
                scope.instances.append(
                    Exports({name.text: self._item(scope, sort, index, offset) for name, sort, index in exports})
                )
            case RawShape() | RawFunc() | RawResource() | Declarations():
                scope.types.append(self._type(definition, scope))
            case ExportAlias() | OuterAlias() | CoreAlias():
                self._alias(definition, scope)
            case Lift() | Lower() | Builtin():
                self._canonical(definition, scope)
            case Import():
                scope.enter(self._import(definition, scope, given))
            case Export(name, sort, index, offset):
                item = self._item(scope, sort, index, offset)
                scope.exports[name.text] = item
                scope.enter(item)
            case Unplanned(what, offset):
                raise BinaryError(Fault.UNSUPPORTED, f"the component has {what}, which is not supported", offset)
            case _:
                assert_never(definition)

    # ---- index spaces ----------------------------------------------------------------------------------------------

    def _item(self, scope: Scope, sort: AnySort, index: int, offset: int) -> Item:
        match sort:
            case Sort.FUNC:
                return entry(scope.funcs, index, "function", offset)
            case Sort.TYPE:
                return entry(scope.types, index, "type", offset)
            case Sort.INSTANCE:
                return entry(scope.instances, index, "instance", offset)
            case Sort.COMPONENT:
                return entry(scope.components, index, "component", offset)
            case CoreSort.MODULE:
                return entry(scope.modules, index, "core module", offset)
            case _:
                raise BinaryError(Fault.UNSUPPORTED, f"an item of sort `{sort.name.lower()}` is not supported", offset)

    def _core(self, scope: Scope, sort: CoreSort, index: int, offset: int) -> CoreItem:
        return entry(scope.core_items(sort), index, f"core {sort.name.lower()}", offset)

    def _alias(self, alias: Alias, scope: Scope) -> None:
        match alias:
            case CoreAlias(sort, index, name, offset):
                instance = entry(scope.core_instances, index, "core instance", offset)
                scope.core_items(sort).append(self._core_export(instance, name, sort, offset))
            case ExportAlias(_, instance, name, offset):
                exports = entry(scope.instances, instance, "instance", offset)
                if name not in exports:
                    raise BinaryError(Fault.MALFORMED, f"instance {instance} does not export `{name}`", offset)
                scope.enter(exports[name])
            case OuterAlias(sort, count, index, offset):
                view = scope.around(count, offset)
                match sort:
                    case Sort.TYPE:
                        scope.types.append(entry(view.scope.types, index, "type", offset, view.types))
                    case Sort.COMPONENT:
                        found = entry(view.scope.components, index, "component", offset, view.components)
                        scope.components.append(found)
                    case CoreSort.MODULE:
                        scope.modules.append(entry(view.scope.modules, index, "core module", offset, view.modules))
                    case CoreSort.TYPE:
                        pass
                    case _:
                        raise BinaryError(
                            Fault.MALFORMED, "only types, components and modules can be taken from outside", offset
                        )
            case _:
                assert_never(alias)

    @staticmethod
    def _core_export(instance: CoreInstance, name: str, sort: CoreSort, offset: int) -> CoreItem:
        if instance.kinds.get(name) is not sort:
            raise BinaryError(
                Fault.MALFORMED, f"a core instance does not export the {sort.name.lower()} `{name}`", offset
            )
        return instance.items[name] if instance.index is None else InstanceExport(instance.index, name, sort)

    # ---- core instances --------------------------------------------------------------------------------------------

    def _outline(self, module: CoreModule) -> Outline:
        known = self._outlines.get(module.start)
        if known is None:
            known = read_outline(self._data, module.start, module.end, self._budget)
            self._outlines[module.start] = known
        return known

    def _core_instance(self, definition: CoreInstantiate, scope: Scope) -> CoreInstance:
        offset = definition.offset
        module = entry(scope.modules, definition.module, "core module", offset)
        outline = self._outline(module)
        given = {
            name: entry(scope.core_instances, index, "core instance", offset) for name, index in definition.arguments
        }
        self._budget.spend(len(outline.imports) + len(outline.exports), offset)
        imports: list[CoreItem] = []
        for source, name, kind in outline.imports:
            if source not in given:
                raise BinaryError(Fault.MALFORMED, f"the imports of `{source}` are not given to a core module", offset)
            imports.append(self._core_export(given[source], name, CORE_SORTS[kind], offset))
        self.plan.modules.append(InstantiateModule(module.start, module.end, tuple(imports)))
        kinds = {export.name: CORE_SORTS[export.kind] for export in outline.exports}
        return CoreInstance(len(self.plan.modules) - 1, kinds, {})

    # ---- canonical definitions -------------------------------------------------------------------------------------

    def _canonical(self, definition: Canonical, scope: Scope) -> None:
        match definition:
            case Lift(function, options, index, offset):
                core = self._core(scope, CoreSort.FUNC, function, offset)
                ty = self._func_type(scope, index, offset)
                scope.funcs.append(Lifted(core, ty, self._options(options, scope, offset)))
            case Lower(function, options, offset):
                found = entry(scope.funcs, function, "function", offset)
                self._trampoline(Lowered(found, self._options(options, scope, offset)), scope)
            case Builtin("resource.new" | "resource.rep" | "resource.drop" as name, offset, indices):
                resource = entry(scope.types, indices[0], "type", offset)
                if not isinstance(resource, ResourceRef):
                    raise BinaryError(Fault.MALFORMED, f"`{name}` needs a resource", offset)
                operation = name.partition(".")[2]
                self._trampoline(ResourceBuiltin(operation, resource.index, scope.instance), scope)
            case Builtin(name, offset):
                raise BinaryError(Fault.UNSUPPORTED, f"the component uses `{name}`, which is not supported", offset)
            case _:
                assert_never(definition)

    def _trampoline(self, trampoline: Lowered | ResourceBuiltin, scope: Scope) -> None:
        self.plan.trampolines.append(trampoline)
        scope.core_items(CoreSort.FUNC).append(Trampoline(len(self.plan.trampolines) - 1))

    def _options(self, raw: RawOptions, scope: Scope, offset: int) -> Options:
        if raw.is_gc:
            raise BinaryError(Fault.UNSUPPORTED, "values as garbage-collected objects are not supported", offset)

        def core(index: int | None, sort: CoreSort) -> CoreItem | None:
            return None if index is None else self._core(scope, sort, index, offset)

        return Options(
            scope.instance,
            raw.encoding,
            core(raw.memory, CoreSort.MEMORY),
            core(raw.realloc, CoreSort.FUNC),
            core(raw.post_return, CoreSort.FUNC),
            core(raw.callback, CoreSort.FUNC),
            raw.is_async,
        )

    # ---- types -----------------------------------------------------------------------------------------------------

    def _type(self, raw: RawShape | RawFunc | RawResource | Declarations, scope: Scope) -> TypeItem:
        match raw:
            case RawShape(Kind.PLAIN, parts):
                assert isinstance(parts[0], Primitive)
                return parts[0]
            case RawShape(Kind.OWN | Kind.BORROW, parts, _, _, offset):
                assert isinstance(parts[0], int)
                resource = entry(scope.types, parts[0], "type", offset)
                if not isinstance(resource, ResourceRef):
                    raise BinaryError(Fault.MALFORMED, f"`{raw.kind.value}` needs a resource", offset)
                return self._shapes.make(raw.kind, (), (), 0, resource.index, offset)
            case RawShape(kind, parts, names, size, offset):
                made = [None if part is None else self._value(scope, part, offset) for part in parts]
                return self._shapes.make(kind, made, names, size, -1, offset)
            case RawFunc(is_async, params, result, offset):
                return FuncType(
                    is_async,
                    tuple((name, self._value(scope, part, offset)) for name, part in params),
                    None if result is None else self._value(scope, result, offset),
                )
            case RawResource(offset, destructor):
                core = None if destructor is None else self._core(scope, CoreSort.FUNC, destructor, offset)
                return self._resource(Resource(scope.instance, core, "", ""))
            case Declarations():
                return Described(raw, scope.view())
            case _:
                assert_never(raw)

    def _resource(self, resource: Resource) -> ResourceRef:
        self.plan.resources.append(resource)
        return ResourceRef(len(self.plan.resources) - 1)

    @staticmethod
    def _value(scope: Scope, raw: RawRef, offset: int) -> ValueType:
        if isinstance(raw, Primitive):
            return raw
        found = entry(scope.types, raw, "type", offset)
        if not isinstance(found, Primitive | Shape):
            raise BinaryError(Fault.MALFORMED, f"type {raw} is not the type of a value", offset)
        return found

    @staticmethod
    def _func_type(scope: Scope, index: int, offset: int) -> FuncType:
        found = entry(scope.types, index, "type", offset)
        if not isinstance(found, FuncType):
            raise BinaryError(Fault.MALFORMED, f"type {index} is not the type of a function", offset)
        return found

    # ---- imports and exports ---------------------------------------------------------------------------------------

    def _import(self, item: Import, scope: Scope, given: Exports | None) -> Item:
        name = item.name
        if given is None:
            return self._described(item, scope, "")
        if name.text not in given:
            raise BinaryError(Fault.MALFORMED, f"an instantiation gives no `{name.text}`", name.offset)
        return given[name.text]

    def _described(self, item: Import | ExportType, scope: Scope, interface: str) -> Item:
        """What the host is to supply: an import of the component, or (in `interface`) an export of an imported instance."""
        description, name = item.description, item.name.text
        offset = description.offset
        match description.sort:
            case Sort.TYPE if description.index is None:
                return self._resource(Resource(None, None, interface, name))
            case Sort.TYPE if description.index is not None:
                return entry(scope.types, description.index, "type", offset)
            case Sort.FUNC if description.index is not None:
                return Imported(interface, name, self._func_type(scope, description.index, offset))
            case Sort.INSTANCE if description.index is not None and not interface:
                found = entry(scope.types, description.index, "type", offset)
                if not isinstance(found, Described) or found.declarations.is_component:
                    raise BinaryError(
                        Fault.MALFORMED, f"type {description.index} is not the type of an instance", offset
                    )
                return self._imported_instance(found, name)
            case sort:
                word = "core module" if sort is Sort.CORE else sort.name.lower()
                raise BinaryError(Fault.UNSUPPORTED, f"`{name}` is an imported {word}, which is not supported", offset)

    def _imported_instance(self, described: Described, interface: str) -> Exports:
        scope = Scope(0, described.scope)
        for declaration in described.declarations.entries:
            self._budget.spend(1, described.declarations.offset)
            match declaration:
                case RawShape() | RawFunc() | RawResource() | Declarations():
                    scope.types.append(self._type(declaration, scope))
                case RawCoreType():
                    pass
                case ExportAlias() | OuterAlias() | CoreAlias():
                    self._alias(declaration, scope)
                case ExportType():
                    item = self._described(declaration, scope, interface)
                    scope.exports[declaration.name.text] = item
                    scope.enter(item)
                case Import():
                    raise BinaryError(Fault.MALFORMED, "an instance's type has an import", declaration.name.offset)
                case _:
                    assert_never(declaration)
        return scope.exports

    def _exported(self, exports: Exports, known: dict[int, Instance]) -> Instance:
        """What the component exports; an instance that is exported twice is one object."""
        made = known.get(id(exports))
        if made is None:
            made = known[id(exports)] = Instance()
            for name, item in exports.items():
                match item:
                    case Lifted() | Imported():
                        made.functions[name] = item
                    case ResourceRef(index):
                        made.resources[name] = index
                    case Exports():
                        made.instances[name] = self._exported(item, known)
                    case _:
                        pass  # other types need no plan; components and modules cannot be used from outside
        return made


__all__ = ["Planner"]
