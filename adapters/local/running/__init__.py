"""A run of a promotion workflow as a process of its own, and the folder that everything about it is in.

The process outlives whoever started it. What it holds is a lock on a file of the folder, so that whether it is alive
is never guessed from a process number.
"""
