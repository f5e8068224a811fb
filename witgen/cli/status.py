"""Exit codes, and what is said with one of them."""

OK = 0
FAULT = 1
"""The input is at fault, or `--check` or `--verify` found something."""
USAGE = 2
OURS = 70
"""A bug in witgen."""
INTERRUPTED = 130
INTERRUPTION = "interrupted; no file was left incomplete"
