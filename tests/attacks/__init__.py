"""Attacks: by hostile components, and by what else runs in a process. Each says what must come out.

Every attack is a program in a process of its own, since what it tries is to end or hang that process. The default run
tries a sample, on the fast value layer; `.ci/run attacks` tries all of them on both layers.
"""
