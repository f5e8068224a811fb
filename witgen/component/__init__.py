"""The bytes and types of components: the vocabulary of types, the binary reader, whether a component fits a world, how one is
instantiated. The compiler and the runtime both use it, so it may import the standard library only.
"""
