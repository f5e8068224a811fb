"""The component model's own tests, from a checkout of github.com/WebAssembly/component-model that is not in this repository:

WITGEN_COMPONENT_MODEL=../component-model python -m tests.component.wast values resources linking
"""
