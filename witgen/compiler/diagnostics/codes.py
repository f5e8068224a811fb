"""The registry of diagnostic codes: stable slugs, each with its one-sentence rule and where that rule is written."""

from __future__ import annotations

from ...dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding: the slug users see and search for, the rule that was broken, and the section it is in."""

    slug: str
    rule: str
    section: str


CODES: dict[str, Code] = {}


def _code(slug: str, rule: str, section: str) -> Code:
    code = Code(slug, rule, section)
    assert slug not in CODES, slug
    CODES[slug] = code
    return code


# Files and packages
NO_SUCH_PATH = _code("no-such-path", "The path given on the command line must exist.", "witgen: input")
NO_WIT_FILES = _code("no-wit-files", "A package directory must hold at least one `.wit` file.", "WIT: packages")
UNREADABLE_FILE = _code(
    "unreadable-file", "Input files must be readable and encoded in UTF-8.", "WIT: lexical structure"
)
MISSING_PACKAGE_HEADER = _code(
    "missing-package-header", "At least one file of a package must begin with `package ns:name;`.", "WIT: packages"
)
PACKAGE_MISMATCH = _code(
    "package-mismatch", "All files of a package that name it must give it the same name and version.", "WIT: packages"
)
DUPLICATE_PACKAGE_DOCS = _code("duplicate-package-docs", "Only one file of a package may document it.", "WIT: packages")
DUPLICATE_PACKAGE = _code(
    "duplicate-package", "A package, by name and version, may be defined only once.", "WIT: packages"
)
UNKNOWN_PACKAGE = _code(
    "unknown-package", "A package that is mentioned must be among those that are loaded.", "WIT: packages"
)
PACKAGE_CYCLE = _code("package-cycle", "Packages must not depend on themselves.", "WIT: packages")

# Text
SYNTAX_ERROR = _code("syntax-error", "The text must follow the WIT grammar.", "WIT: grammar")
FORBIDDEN_CHARACTER = _code(
    "forbidden-character",
    "A file holds no control characters, no bidirectional controls and no characters that Unicode discourages.",
    "WIT: lexical structure",
)
UNEXPECTED_CHARACTER = _code(
    "unexpected-character",
    "Outside comments and strings, every character is part of a token or is white space.",
    "WIT: lexical structure",
)
UNTERMINATED_COMMENT = _code("unterminated-comment", "Every `/*` needs its `*/`; block comments nest.", "WIT: comments")
INVALID_STRING = _code("invalid-string", "Strings follow the text format of core WebAssembly.", "WIT: string literals")
INVALID_IDENTIFIER = _code("invalid-identifier", "Names are written in kebab-case.", "WIT: identifiers")
INVALID_VERSION = _code("invalid-version", "Versions follow SemVer 2.0.", "WIT: package declaration")
INVALID_LIST_SIZE = _code("invalid-list-size", "The length of a fixed-length list must fit in 32 bits.", "WIT: types")
NESTING_TOO_DEEP = _code("nesting-too-deep", "Types and packages nest at most 100 levels.", "wit-parser: limits")
MISPLACED_PACKAGE = _code(
    "misplaced-package", "A nested package must be at the top level of a file.", "WIT: top-level items"
)
UNKNOWN_ATTRIBUTE = _code(
    "unknown-attribute",
    "Attributes are `@since`, `@unstable`, `@deprecated` and `@external-id`.",
    "WIT: feature gates",
)
CONFLICTING_ATTRIBUTES = _code(
    "conflicting-attributes",
    "An item has each attribute at most once, `@since` or `@unstable` but not both, and `@deprecated` only beside one.",
    "WIT: rules for feature gate usage",
)

# Names
UNKNOWN_NAME = _code(
    "unknown-name", "Every name must be defined, imported or used in the scope that refers to it.", "WIT: names"
)
WRONG_KIND = _code("wrong-kind", "A name must refer to the kind of item that is needed there.", "WIT: names")
DUPLICATE_NAME = _code("duplicate-name", "A name may be defined only once in its scope.", "WIT: names")
DEPENDENCY_CYCLE = _code(
    "dependency-cycle", "Interfaces, worlds and types must not depend on themselves.", "WIT: names"
)

# Types
EMPTY_TYPE = _code("empty-type", "A variant or an enum must have at least one case.", "WIT: types")
INVALID_MAP_KEY = _code("invalid-map-key", "The key of a map must be an integer, bool, char or string.", "WIT: types")
NOT_A_RESOURCE = _code("not-a-resource", "`own` and `borrow` must name a resource.", "WIT: handles")
INVALID_CONSTRUCTOR = _code(
    "invalid-constructor", "A constructor returns its resource, or a `result` with it.", "WIT: resources"
)
BORROW_IN_RESULT = _code("borrow-in-result", "The result of a function must not hold a `borrow`.", "WIT: handles")

# Gates
GATED_REFERENCE = _code(
    "gated-reference", "Items that are kept must not refer to items that a gate removes.", "WIT: feature gates"
)
UNVERSIONED_GATE = _code("unversioned-gate", "`@since` needs a version of the package.", "WIT: feature gates")
UNRELEASED_GATE = _code(
    "unreleased-gate", "`@since` must not name a version later than the package's.", "WIT: feature gates"
)
UNKNOWN_FEATURE = _code("unknown-feature", "An enabled feature should occur in a gate.", "witgen: --features")
STABILITY_MISMATCH = _code(
    "stability-mismatch", "An interface that is included twice must have the same gates both times.", "WIT: worlds"
)

# Worlds
INCLUDE_CONFLICT = _code(
    "include-conflict", "An include must not add a plain name that the world already has.", "WIT: worlds"
)
UNKNOWN_RENAME = _code("unknown-rename", "`include … with` must name what the world has.", "WIT: worlds")
INCOMPATIBLE_WORLD = _code(
    "incompatible-world", "An exported interface must not need one that is both imported and exported.", "WIT: worlds"
)

# Python names
NAME_CLASH = _code(
    "name-clash", "Two WIT names must not become the same Python name in one namespace.", "witgen: names"
)
VERSIONS_SPELLED_OUT = _code(
    "versions-spelled-out",
    "Two versions of a package whose folders would have the same name are named by their full versions.",
    "witgen: host modules",
)

# Worlds on the command line
UNKNOWN_WORLD = _code("unknown-world", "`--world` must name a world of the loaded packages.", "witgen: --world")
AMBIGUOUS_WORLD = _code("ambiguous-world", "`--world` must lead to exactly one world.", "witgen: --world")

UNKNOWN_INTERFACE = _code(
    "unknown-interface",
    "An interface that gets a name must be imported, or exported, by the world.",
    "witgen: --import-interface-name",
)

# What the tools around us cannot do
GUEST_LIMITED = _code("guest-limited", "componentize-py cannot build or run a part of the world.", "witgen: guest")

# Components and encoded packages
NOT_A_COMPONENT = _code(
    "not-a-component",
    "A binary that is given as input must be a component, or a WIT package that is encoded as one.",
    "Component Model: binary format",
)
INVALID_COMPONENT_TEXT = _code(
    "invalid-component-text", "A `.wat` file must be component text that assembles.", "Component Model: text format"
)
MALFORMED_COMPONENT = _code(
    "malformed-component", "A component must follow the binary format.", "Component Model: binary format"
)
UNSUPPORTED_COMPONENT = _code(
    "unsupported-component",
    "A component uses the encodings that witgen knows, and imports and exports what WIT can say.",
    "Component Model: binary format",
)
COMPONENT_TOO_LARGE = _code(
    "component-too-large", "The types of a component have a size that can be written out.", "witgen: limits"
)
DOES_NOT_FIT = _code(
    "does-not-fit",
    "A component exports what its world needs and imports only what the world provides, each with exactly that type.",
    "Component Model: type checking",
)
COMPILE_LIMIT = _code(
    "compile-limit", "Compiling a component stays within its limits.", "witgen: compile --seconds, --memory"
)
API_CHANGE = _code(
    "api-change",
    "What hosts and guests are built against changes without breaking them, or in a version that says so.",
    "SemVer: summary",
)

# Not there yet
NOT_SUPPORTED = _code("not-supported", "The input is valid, but witgen does not support it yet.", "witgen: limits")

# The run
TOO_MANY_ERRORS = _code("too-many-errors", "A run stops when it has found 100 errors.", "witgen: diagnostics")

# Output
OUTPUT_BLOCKED = _code(
    "output-blocked", "Files that witgen did not write are kept unless `--force` is given.", "witgen: --out"
)
OUTPUT_FAILED = _code("output-failed", "The output folder must be writable.", "witgen: --out")
OUTPUT_EXTRA = _code(
    "output-extra", "A generated package should contain only files that witgen wrote.", "witgen: --out"
)

# Verification
VERIFY_FAILED = _code("verify-failed", "A host package must link with a component of its world.", "witgen: --verify")
WASMTIME_REFUSES = _code(
    "wasmtime-refuses",
    "A component that fits its world compiles and links on wasmtime.",
    "witgen: validate --wasmtime",
)
VERIFY_LIMITED = _code(
    "verify-limited", "A world is verified only as far as wasmtime can carry it.", "witgen: --verify"
)
