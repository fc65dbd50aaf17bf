"""From the configuration to a server: certificates, tokens, runtimes; and a real server where one is named."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.argocd.configured import ArgoCdConfiguration
from adapters.argocd.connecting import argocd_applications, connect, rest_api
from adapters.argocd.kubernetes import KubernetesApi
from adapters.argocd.rest import RestApi
from adapters.argocd.transport import Address
from adapters.git import GitRepositories
from adapters.yaml import SpliceEditor
from engine.execute.errors import TerminalError
from engine.execute.ports import Life
from tests.adapters.argocd.world import NAME, URL, ArgoWorld, rest
from tests.adapters.execute_contracts.applications_contract import observe, values, watching
from tests.fakes.argocd_server import TOKEN, FakeArgoCd

REST = ArgoCdConfiguration(url="https://argocd.example.com", token="file:token")


def test_the_two_ways(tmp_path: Path) -> None:
    assert isinstance(connect(REST, tmp_path), RestApi)
    assert isinstance(connect(ArgoCdConfiguration(context="eu"), tmp_path), KubernetesApi)


def test_certificates(tmp_path: Path) -> None:
    with pytest.raises(TerminalError, match=r"`ca\.pem` cannot be read: No such file"):
        connect(REST._replace(ca="ca.pem"), tmp_path)
    (tmp_path / "ca.pem").write_text("no certificate", encoding="utf-8")
    with pytest.raises(TerminalError, match=r"`ca\.pem` cannot be read"):
        connect(REST._replace(ca="ca.pem"), tmp_path)
    assert rest_api(REST._replace(insecure=True), tmp_path).server.trusted.check_hostname is False
    assert rest_api(REST, tmp_path).server.trusted.check_hostname is True


def test_a_token_that_is_replaced_is_found(tmp_path: Path, argocd: FakeArgoCd) -> None:
    ArgoWorld(tmp_path, argocd)
    api = connect(ArgoCdConfiguration(url=argocd.url, token="file:token"), tmp_path)
    here = Address(NAME, "", "shop")
    (tmp_path / "token").write_text("old", encoding="utf-8")
    with pytest.raises(TerminalError, match="answered 401"):
        asyncio.run(api.get(here))
    (tmp_path / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
    assert asyncio.run(api.get(here)).name == NAME


def test_each_runtime_has_a_server_of_its_own(tmp_path: Path, argocd: FakeArgoCd) -> None:
    world = ArgoWorld(tmp_path, argocd)
    (tmp_path / "token").write_text(TOKEN, encoding="utf-8")
    watch = watching(world, None, passive=True)
    here = ArgoCdConfiguration(url=argocd.url, token="file:token")
    servers = {"main": here, "eu": here._replace(url="http://127.0.0.1:1")}
    with GitRepositories({URL: world.repo.path}, tmp_path / "cache", base=tmp_path) as repositories:
        port = argocd_applications(servers, tmp_path, repositories, SpliceEditor(), argocd.clock)
        seen = asyncio.run(port.observe(replace(watch, target=replace(watch.target, runtime="main"))))
        assert seen.life is Life.LANDED
        with pytest.raises(TerminalError, match="no Argo CD is configured for the runtime `us`"):
            asyncio.run(port.observe(replace(watch, target=replace(watch.target, runtime="us"))))


def test_a_look_that_git_cannot_answer_is_tried_again(tmp_path: Path, argocd: FakeArgoCd) -> None:
    from engine.execute.errors import RetryableError

    world = ArgoWorld(tmp_path, argocd)
    world.transport = rest(argocd)
    watch = watching(world, world.push(values("2")))
    world.repo.path.rename(tmp_path / "gone")
    argocd.repositories.clear()
    argocd.clock.moment = datetime(2026, 11, 30, 4, 1, tzinfo=UTC)
    for app in argocd.applications.values():
        app.behaviour = replace(app.behaviour, stuck=True, polling=1e9)
    with pytest.raises(RetryableError, match="apps"):
        observe(world, watch)


@pytest.mark.skipif("PROMO_TEST_ARGOCD_URL" not in os.environ, reason="no real server is named")
def test_a_real_server_is_read(tmp_path: Path) -> None:
    project, namespace, name = os.environ["PROMO_TEST_ARGOCD_APPLICATION"].split("/")
    configuration = ArgoCdConfiguration(
        url=os.environ["PROMO_TEST_ARGOCD_URL"],
        token="env:PROMO_TEST_ARGOCD_TOKEN",
        insecure=os.environ.get("PROMO_TEST_ARGOCD_INSECURE") == "true",
    )
    api = rest_api(configuration, tmp_path)
    assert asyncio.run(api.version())[0]
    seen = asyncio.run(api.get(Address(name, namespace, project)))
    assert (seen.name, seen.project) == (name, project)
    assert (seen.namespace, seen.name) in asyncio.run(api.visible((project,)))
