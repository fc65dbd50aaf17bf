"""Promotions as changes in Git: commits, and branches that wait to be merged.

`workshop` computes, commits and pushes; `landing` makes the commit on the application's branch; `branch` keeps the
branch of a proposal, for whatever knows pull requests; `proposing` and `merged` tell how it stands where no server
does.
"""

from adapters.git.changes.git_changes import GitChanges as GitChanges
from adapters.git.changes.landing import Patience as Patience
from adapters.git.changes.workshop import Committing as Committing

__all__ = ["Committing", "GitChanges", "Patience"]
