"""Promotions as changes in Git: commits, and branches that wait to be merged."""

from adapters.git.changes.git_changes import GitChanges as GitChanges

__all__ = ["GitChanges"]
