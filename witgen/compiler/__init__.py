"""WIT in, Python out: the passes of the compiler, one room each. It runs no component in this process."""
