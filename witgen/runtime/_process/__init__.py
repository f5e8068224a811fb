"""What this process and its threads are goes in; where wasm may be entered and what a fork or Ctrl-C changes comes out. It may
import the runtime's errors and the standard library.
"""
