"""A plan and descriptions of a world go in; an instance on wasmtime's core API comes out, with a Canonical ABI of witgen's own.
It may import the rest of the runtime, the plan and the binary reader; `prepare(…, abi="witgen")` asks for it.

    Plan --prepared--> core modules, compiled    --live--> core instances in a store
    types --flatten, lift, lower--> Python source per function    --export, imported--> functions of an instance

`export.ExportCode` and `imported.ImportCode` are code for a signature, which belongs to no instance; binding gives them
the memories, handle tables and core functions of one. Values between components inside a component go through the same
code, as Python values (`inner`).

What it carries: every value type but fixed-length lists, all three string encodings, resources of both sides with
borrow scopes, nested components, core modules linked through instances of exports. What it refuses, by a named error when
a component is prepared or a function is bound: async functions and built-ins, streams, futures, error-context, native
WASI, memories of 64 bits or shared ones, engines whose memories move as they grow, components that import components or
core modules, or have values or a start function.

**Trust.** wasmtime validates the skeleton of a component (`component.plan`) and every core module before anything runs.
What it cannot know are the values: each pointer, length, alignment, discriminant and handle that a guest gives is checked
here, and each check says what happens without it.
"""
