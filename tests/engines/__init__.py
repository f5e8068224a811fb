"""Both engines, wasmtime's component API and witgen's own, on the same components: drawn, mutated, hostile.

    seed, number --mutants--> component --run, on each engine--> lines of text --compare, known--> a difference, or why it may be
    seed --drawn--> types, values --rig, bench--> what witgen's engine makes of them --judges--> the same of the specification

`fuzz` gives mutants to child processes, so that a crash or a hang is seen: `python -m tests.engines --count 200000`.
`reference` asks the specification's definitions, where a checkout of them is at hand; where none is, `layout` is what the
engine is held beside.
"""
