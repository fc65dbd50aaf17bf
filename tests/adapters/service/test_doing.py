"""What people have done over HTTP: with the right token it happens, with another it does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.workflows_controller import Script
from tests.support.estate import Estate, estate
from tests.support.serving import Served, served
from tests.support.waiting import eventually

APPROVED = (
    '\npolicy approved priority 50 { when product.name == "blog" and environment.name == qa  approvals 1 from sre }\n'
)
SRE = '\n[teams]\nsre = ["alice@example.com"]\n'


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Estate, Served]]:
    folder = tmp_path_factory.mktemp("doing")
    with estate(folder, ("trio", "blog", "shop")) as made:
        declared, configured = made.folder / "estate.promo", made.folder / "promo.toml"
        declared.write_text(declared.read_text(encoding="utf-8") + APPROVED, encoding="utf-8")
        configured.write_text(configured.read_text(encoding="utf-8") + SRE, encoding="utf-8")
        for product in made.products:
            made.commit(product, "1.1.0", f"feat: next of {product}")
        with served(made, folder / "log") as service:
            yield made, service


def begun(service: Served, product: str) -> str:
    answer = service.call("POST", "/releases", json={"product": product, "flow": "standard"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def shown(service: Served, release: str) -> dict[str, Any]:
    return dict(service.call("GET", f"/releases/{release}").json())


def kinds(service: Served, release: str) -> list[str]:
    return [one["kind"] for one in service.call("GET", f"/releases/{release}/events").json()["events"]]


def test_who_may_approve_lets_it_go_on(here: tuple[Estate, Served]) -> None:
    made, service = here
    release = begun(service, "blog")
    eventually(lambda: "approval" in str(shown(service, release)["environments"]))
    assert service.call("POST", f"/releases/{release}/approve", None, json={}).status_code == 401
    refused = service.call("POST", f"/releases/{release}/approve", "bob", json={"environment": "qa"})
    assert refused.status_code == 403
    assert "`payments` may" in refused.json()["detail"]
    assert "approved" not in kinds(service, release)
    wrong = service.call("POST", f"/releases/{release}/approve", json={"environment": "dev"})
    assert wrong.status_code == 409
    answer = service.call("POST", f"/releases/{release}/approve", json={"environment": "qa", "reason": "looks good"})
    assert (answer.status_code, answer.json()["environment"]) == (202, "qa")
    eventually(lambda: shown(service, release)["status"] == "succeeded")
    found = service.call("GET", f"/releases/{release}/events").json()["events"]
    by = {one["kind"]: (one["actor"], one["environment"]) for one in found if "approve" in one["kind"]}
    assert by == dict.fromkeys(("asked.approve", "approved"), ("alice@example.com", "qa"))
    assert made.tag("blog") == "1.1.0"


def test_a_step_that_failed_is_made_again(here: tuple[Estate, Served]) -> None:
    made, service = here
    made.argo.scripts["verify"] = Script("Failed", 0.2, says="the shop is down")
    release = begun(service, "shop")
    eventually(lambda: shown(service, release)["status"] == "failed")
    made.argo.scripts["verify"] = Script(seconds=0.2)
    assert service.call("POST", f"/releases/{release}/retry", "bob", json={}).status_code == 403
    answer = service.call("POST", f"/releases/{release}/retry", json={"reason": "it is up again"})
    assert answer.status_code == 202, answer.text
    eventually(lambda: shown(service, release)["status"] == "succeeded")
    assert made.runs("shop") == {"gate": 1, "verify": 2}
    assert made.promotions("shop") == 1


def test_a_release_is_ended_with_what_it_runs_and_tells_what_came_with_it(here: tuple[Estate, Served]) -> None:
    made, service = here
    made.argo.scripts["gate"] = Script(seconds=1e6)
    release = begun(service, "trio")
    eventually(lambda: made.runs("trio")["gate"] == 1)
    assert service.call("POST", f"/releases/{release}/terminate", "bob", json={}).status_code == 403
    wrong = service.call("POST", f"/releases/{release}/terminate", json={"environment": "qa"})
    assert (wrong.status_code, wrong.json()["detail"]) == (422, "`environment` goes with approvals")
    answer = service.call("POST", f"/releases/{release}/terminate", json={"reason": "not today"})
    assert answer.status_code == 202, answer.text
    eventually(lambda: shown(service, release)["status"] == "terminated")
    (run,) = [one for one in made.argo.runs.values() if ":trio-qa/" in str(one.document)]
    assert run.was_terminated
    assert made.promotions("trio") == 0
    assert service.call("GET", f"/releases/{release}/notes", None).status_code == 401
    notes = service.call("GET", f"/releases/{release}/notes", "bob", params={"environment": "qa"})
    assert notes.status_code == 200, notes.text
    assert "feat: next of trio" in notes.text
