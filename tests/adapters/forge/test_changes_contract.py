"""The port's contract, held over HTTP on every kind of forge."""

from __future__ import annotations

from tests.adapters.execute_contracts.changes_contract import ChangesContract


class TestForgeChanges(ChangesContract):
    """GitHub, GitLab and Gitea, with Git behind a server; the fixture ``world`` stands in `conftest`."""
