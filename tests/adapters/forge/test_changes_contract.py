"""The port's contract, held over HTTP on every kind of forge."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.adapters.execute_contracts.changes_contract import CommitContract, ProposalContract
from tests.adapters.forge.conftest import ForgeWorld


class TestForgeProposals(ProposalContract):
    """GitHub, GitLab and Gitea, with Git behind a server; the fixture ``world`` stands in `conftest`."""


class TestForgeCommits(CommitContract):
    """A commit goes by Git alone, so what kind of forge there is changes nothing: one of them stands for all."""

    @pytest.fixture
    def world(self, make_world: Callable[[str], ForgeWorld]) -> ForgeWorld:
        """A repository on GitHub."""
        return make_world("github")
