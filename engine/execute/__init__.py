"""The release: a state machine over rows, and the ports through which it takes effect.

Everything here is pure but `reconciler`, which awaits ports; nothing here opens a file, a socket or a clock.
"""
