"""The resolved model: packages, interfaces, worlds, types; and the passes that build it from the AST."""
