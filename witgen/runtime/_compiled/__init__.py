"""The bytes of a component go in; its compiled code comes out, from this process, a process with limits, or a cache. It may
import the room `_stores`.
"""
