"""What the compiler and the runtime share: the vocabulary of types, the binary reader, whether a component fits, how one is instantiated. Standard library only."""
