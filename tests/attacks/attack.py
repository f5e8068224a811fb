"""Attacks as data, and running one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version

from witgen.runtime._layer import VARIABLE

START = """
import copy, faulthandler, gc, os, pickle, signal, sys, threading, time, warnings
import wasmtime
import witgen.runtime as rt
from witgen.runtime import generated as abi
from tests.attacks.guest import *
def give_up(seconds=20):
    "Ends a forked child that hangs."
    signal.alarm(seconds)
def child(act):
    "Runs `act` in a forked child; prints what comes out, and its status."
    sys.stdout.flush()
    pid = os.fork()
    if not pid:
        give_up()
        print(out(act), flush=True)
        os._exit(0)
    print(os.waitpid(pid, 0)[1])
"""
_PATIENCE = 60
"""Seconds."""
END = "\nprint(works())\n"


@dataclass(frozen=True)
class Attack:
    """A program, and what it prints; the last line says that everything still works."""

    program: str
    told: str
    is_sample: bool = True
    """Whether the default run tries it."""
    told_48: str = ""
    """What wasmtime 48 makes of it, where that differs: a callback cannot enter the component that called it."""

    def outcome(self, layer: str) -> str:
        """What the program prints in a process of its own, and how that ends if not well."""
        command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", START + self.program + END]
        environment = {**os.environ, VARIABLE: layer}
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=_PATIENCE, check=False, env=environment
            )
        except subprocess.TimeoutExpired as error:
            return f"hangs after {error.stdout!r}\n{error.stderr!r}"
        if done.returncode:
            return f"{done.stdout}status {done.returncode}\n{done.stderr}"
        return done.stdout

    def expected(self) -> str:
        """What it must print."""
        told = self.told_48 if self.told_48 and version("wasmtime").startswith("48.") else self.told
        return f"{told.strip()}\nTrue\n".lstrip()


Attacks = Mapping[str, Attack]
