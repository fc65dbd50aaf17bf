"""Breaks a workspace on purpose, one thing at a time, and looks whether a test or a requirement notices."""

from engine.testing.mutation.mutant import Change as Change
from engine.testing.mutation.mutant import Mutant as Mutant
from engine.testing.mutation.trial import Fate as Fate
from engine.testing.mutation.trial import Trials as Trials
from engine.testing.mutation.trial import Tried as Tried
from engine.testing.mutation.trial import mutate as mutate

__all__ = ["Change", "Fate", "Mutant", "Trials", "Tried", "mutate"]
