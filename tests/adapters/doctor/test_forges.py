"""`promo doctor` about forges, against servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.doctor.check import Status
from adapters.doctor.checks.forges import ReachableForges
from adapters.doctor.situation import Situation
from tests.fakes.forge_server import TOKEN, Fault, ForgeServer, serve
from tests.fakes.forge_state import ForgeState
from tests.support.gitrepo import GitRepo


def examined(
    folder: Path, server: ForgeServer, *, connections: bool = True, token: str | None = TOKEN
) -> tuple[Status, str]:
    (folder / "promo.toml").write_text(
        f'[forges.main]\nkind = "{server.kind}"\nhost = "127.0.0.1"\napi = "{server.url}"\ntoken = "env:FORGE"\n'
    )
    environment = {} if token is None else {"FORGE": token}
    (result,) = ReachableForges().run(Situation(folder, connections=connections, environment=environment))
    return result.status, result.found


@pytest.mark.parametrize(("kind", "scopes"), [("github", "repo, workflow"), ("gitlab", "api"), ("gitea", "")])
def test_a_forge_that_is_well_and_what_can_be_wrong(tmp_path: Path, kind: str, scopes: str) -> None:
    state = ForgeState(GitRepo(tmp_path / "apps", bare=True), "shop/storefront", scopes=scopes)
    with serve(ForgeServer(kind, state)) as server:
        status, found = examined(tmp_path, server)
        assert (status, "the token is promo-bot's" in found) == (Status.OK, True)
        assert examined(tmp_path, server, connections=False)[0] is Status.SKIPPED
        assert examined(tmp_path, server, token=None) == (
            Status.FAILED,
            "main (127.0.0.1): the variable `FORGE` is not set",
        )
        status, found = examined(tmp_path, server, token="wrong-token")
        assert (status, "does not know the token" in found, "wrong-token" in found) == (Status.FAILED, True, False)
        server.faults.append(Fault("GET", "", 503))
        assert examined(tmp_path, server)[0] is Status.FAILED
        if kind != "gitea":
            state.scopes = "read_user"
            assert "without the scope" in examined(tmp_path, server)[1]


def test_without_a_forge_nothing_is_asked(tmp_path: Path) -> None:
    (tmp_path / "promo.toml").write_text("")
    (result,) = ReachableForges().run(Situation(tmp_path, connections=True))
    assert result.status is Status.SKIPPED
