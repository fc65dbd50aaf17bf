"""One process of a promotion workflow, and the keeper that starts, watches and ends it.

A keeper is a program of its own, so that it can be the parent that the system hands a process's orphans to, and so
that nothing outlives it. It is told what to run on its standard input, and ends everything when that closes.
"""
