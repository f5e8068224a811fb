"""witgen turns WIT packages and worlds into typed Python packages.

Importing this package loads nothing else: `witgen.runtime`, which generated host packages import, runs this
file first and must stay light.
"""

__version__ = "0.1.0"
