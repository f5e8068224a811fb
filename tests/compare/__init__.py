"""Mutated worlds, the verdicts that the rules give of them, and judges that know nothing of `witgen.component.fit`."""
