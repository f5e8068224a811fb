"""Builds what is not built yet, then lists the plugins and runs each of them."""

from __future__ import annotations

import shlex
import subprocess
import sys

from build_plugins import HERE, main

RUNS = (
    ("list",),
    ("run", "rot13", "Hello, plugin!"),
    ("run", "statistics", "--set", "longest=8", "a component is a plugin"),
    ("run", "statistics", ""),
    ("run", "hostile-loop", ""),
    ("run", "hostile-log", ""),
    ("run", "hostile-memory", ""),
    ("run", "hostile-recursion", ""),
    ("run", "hostile-trap", ""),
    ("run", "rot13", "Still here"),
)

if __name__ == "__main__":
    main()
    for words in RUNS:
        print(f"\n$ python plugin_host.py {shlex.join(words)}", flush=True)
        subprocess.run([sys.executable, "plugin_host.py", *words], cwd=HERE, stderr=subprocess.STDOUT, check=False)
