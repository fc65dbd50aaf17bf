"""Who is told of a change elsewhere looks again at once, and nobody else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from adapters.store.location import StoreLocation
from adapters.store.store import ReleaseStore
from engine.execute.release import Release, Role, StepId, new_release
from engine.execute.status import StepStatus
from tests.support.releases import REPOSITORY, START, release, running, with_step
from tests.support.stores import OWNER, claimed, with_store

HOUR = 3600.0
LATER = START + timedelta(days=1000)
QA = ("qa", "argocd/shop-qa")
ACTION, HEALTH, POST = (StepId(*QA, role) for role in (Role.ACTION, Role.HEALTH, Role.POST_ACTION))


def here(url: str) -> bool:
    return url == REPOSITORY


async def waiting(store: ReleaseStore, name: str, step: StepId, tries: int = 0) -> Release:
    """Return a release of a product of its own that waits for a step, and asks about it much later."""
    claim = await claimed(store, release(name, f"product-of-{name}"))
    before = claim.release
    after = with_step(running(before), step, StepStatus.RUNNING, look_at=LATER, looked_at=START, tries=tries)
    await store.save(claim, before, after, (), ())
    await store.sleep(claim, HOUR)
    return after


async def roused(store: ReleaseStore) -> dict[str, list[StepId]]:
    """Return who is due, and which steps it asks about at once."""
    return {
        claim.release.id: [
            step.id for step in claim.release.steps.values() if step.status is StepStatus.RUNNING and not step.look_at
        ]
        for claim in await store.claim(OWNER, 100)
    }


def test_a_pull_request_wakes_its_release_alone(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        one, two = await waiting(store, "one", ACTION), await waiting(store, "two", ACTION)
        await waiting(store, "three", HEALTH)
        branch = one.proposed(one.steps[ACTION])
        assert branch.startswith("promo/product-of-one-qa-")

        assert await store.rouse_pull_request(here, "feature/login") == 0
        assert await store.rouse_pull_request(here, branch + "x") == 0
        assert await store.rouse_pull_request(lambda url: False, branch) == 0
        assert await roused(store) == {}

        assert await store.rouse_pull_request(here, branch) == 1
        assert await roused(store) == {"one": [ACTION]}
        assert await store.rouse_pull_request(here, two.proposed(two.steps[ACTION])) == 1

    with_store(location, work)


def test_the_pull_request_of_a_rollback_wakes_its_release(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        made = release("one", "product-of-one")
        environments = tuple(replace(one, rollback=one.name == "qa") for one in made.spec.environments)
        claim = await claimed(store, new_release(replace(made.spec, environments=environments), "one", "ann", START))
        step = StepId(*QA, Role.ROLLBACK)
        after = with_step(running(claim.release), step, StepStatus.RUNNING, look_at=LATER, looked_at=START)
        await store.save(claim, claim.release, after, (), ())
        await store.sleep(claim, HOUR)

        assert await store.rouse_pull_request(here, after.proposed(after.steps[ACTION])) == 0
        assert await store.rouse_pull_request(here, after.proposed(after.steps[step])) == 1
        assert await roused(store) == {"one": [step]}

    with_store(location, work)


def test_what_a_forge_refused_for_now_waits_as_long_as_it_was_asked_to(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        one = await waiting(store, "one", ACTION, tries=2)
        assert await store.rouse_pull_request(here, one.proposed(one.steps[ACTION])) == 0
        assert await roused(store) == {}

    with_store(location, work)


def test_an_application_wakes_those_that_wait_for_its_health(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        await waiting(store, "one", HEALTH)
        await waiting(store, "two", ACTION)
        await waiting(store, "three", StepId("prod", "argocd/shop-prod", Role.HEALTH))

        assert await store.rouse_applications(("shop-qa",)) == 0
        assert await store.rouse_applications(("argocd/shop-qa", "shop-qa")) == 1
        assert await roused(store) == {"one": [HEALTH]}

    with_store(location, work)


def test_an_application_wakes_who_soaks_after_it(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        made = release("one", "product-of-one")
        qa, prod = (
            replace(one, gates=replace(one.gates, soak=600)) if one.name != "dev" else one
            for one in made.spec.environments[1:]
        )
        spec = replace(made.spec, environments=(made.spec.environments[0], qa, prod))
        soak = StepId("prod", "", Role.SOAK)
        claim = await claimed(store, new_release(spec, "one", "ann", START))
        before = claim.release
        after = with_step(running(before), soak, StepStatus.RUNNING, look_at=LATER, looked_at=START)
        await store.save(claim, before, after, (), ())
        await store.sleep(claim, HOUR)

        assert await store.rouse_applications(("argocd/shop-prod",)) == 0, "it comes after the soak"
        assert await store.rouse_applications(("argocd/shop-dev",)) == 0, "it is before another one"
        assert await store.rouse_applications(("argocd/shop-qa",)) == 1
        assert await roused(store) == {"one": [soak]}

    with_store(location, work)


def test_workflows_wake_their_releases(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        for name in ("one", "two"):
            await waiting(store, name, POST, tries=3)
        await waiting(store, "three", HEALTH)
        many = [f"nobody-{number}" for number in range(1200)]

        assert await store.rouse_workflows(many) == 0
        assert await store.rouse_workflows([*many, "one", "three"]) == 1
        assert await roused(store) == {"one": [POST]}

    with_store(location, work)


def test_what_is_told_during_a_pass_is_not_slept_over(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        claim = await claimed(store, release("one"))
        before = claim.release
        begun = with_step(running(before), POST, StepStatus.RUNNING)
        await store.save(claim, before, begun, (), ())
        # The pass has asked, and was told that it runs; it ends a moment later, and that is told, ...
        assert await store.rouse_workflows(["one"]) == 1
        # ... and only then does the pass write down when to ask again.
        seen = with_step(begun, POST, StepStatus.RUNNING, look_at=LATER, looked_at=START)
        refused = with_step(seen, HEALTH, StepStatus.RUNNING, look_at=LATER, looked_at=START, tries=1)
        await store.save(claim, begun, refused, (), ())
        await store.sleep(claim, HOUR)
        assert await roused(store) == {"one": [POST]}

    with_store(location, work)
