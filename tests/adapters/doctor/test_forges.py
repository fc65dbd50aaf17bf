"""`promo doctor` about forges, against servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.doctor.check import Result, Status
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
    first = next(iter(results(folder, environment, connections=connections)))
    return first.status, first.found


def results(folder: Path, environment: dict[str, str], *, connections: bool = True) -> list[Result]:
    return list(ReachableForges().run(Situation(folder, connections=connections, environment=environment)))


def with_applications(folder: Path, *projects: str) -> None:
    text = "environment qa { kind non-prod  cluster in-cluster }\nproduct shop { }\n"
    (folder / "all.promo").write_text(text, encoding="utf-8")
    for number, project in enumerate(projects):
        (folder / f"app-{number}.yaml").write_text(
            f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: app-{number}\n"
            f"spec:\n  project: shop\n  source:\n    repoURL: https://127.0.0.1/{project}.git\n    path: qa\n"
            "  destination:\n    server: https://kubernetes.default.svc\n    namespace: shop\n",
            encoding="utf-8",
        )


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


@pytest.mark.parametrize(("kind", "scopes"), [("github", "repo"), ("gitlab", "api"), ("gitea", "")])
def test_the_clock_and_the_right_to_write(tmp_path: Path, kind: str, scopes: str) -> None:
    state = ForgeState(GitRepo(tmp_path / "apps", bare=True), "shop/storefront", scopes=scopes)
    with_applications(tmp_path, "shop/storefront", "shop/storefront", "shop/typo")
    with serve(ForgeServer(kind, state)) as server:
        examined(tmp_path, server)
        environment = {"FORGE": TOKEN}
        token, clock, missing, rights = results(tmp_path, environment)
        assert token.status is Status.OK
        assert (clock.status, clock.found) == (Status.OK, "agrees with 127.0.0.1")
        assert (missing.status, "`shop/typo`" in missing.found) == (Status.FAILED, True)
        assert missing.remedy
        assert (rights.status, rights.found) == (
            Status.OK,
            "main (127.0.0.1): the token may write to 1 of 2 repositories of the workspace",
        )
        state.may_write = False
        refused = results(tmp_path, environment)[2]
        assert (refused.status, refused.found) == (
            Status.FAILED,
            "main (127.0.0.1): the token may not write to `shop/storefront`",
        )
        assert {"github": "write access", "gitlab": "a developer", "gitea": "`write:repository`"}[
            kind
        ] in refused.remedy


def test_a_repository_that_is_read_from_a_checkout_is_not_asked_about(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "apps", bare=True)
    repo.commit({"qa/values.yaml": "a: 1\n"})
    with_applications(tmp_path, "shop/storefront")
    with serve(ForgeServer("github", ForgeState(repo, "shop/storefront"))) as server:
        examined(tmp_path, server)
        with (tmp_path / "promo.toml").open("a", encoding="utf-8") as file:
            file.write(f'[checkouts]\n"https://127.0.0.1/shop/storefront.git" = "{repo.path}"\n')
        assert [one.status for one in results(tmp_path, {"FORGE": TOKEN})] == [Status.OK, Status.OK]


def test_without_a_forge_nothing_is_asked(tmp_path: Path) -> None:
    (tmp_path / "promo.toml").write_text("")
    (result,) = ReachableForges().run(Situation(tmp_path, connections=True))
    assert result.status is Status.SKIPPED
