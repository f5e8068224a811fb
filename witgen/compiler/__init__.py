"""WIT and binaries go in; Python packages, reports and reference pages come out. It may import what a component is, never
the API, the command or the runtime: it runs no component in this process.
"""
