"""Random releases: any order of environments, every gate, hook, action and setting."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from hypothesis import strategies as st

from engine.execute.spec import (
    ApplicationSpec,
    EnvironmentSpec,
    FreezeSpec,
    GatesSpec,
    HooksSpec,
    ReleaseSpec,
    WindowSpec,
    WorkflowSpec,
)
from engine.model.entities import Concurrency
from engine.model.values import Action, Approvals
from tests.fakes.worlds import NOW, application, environment, spec, trigger

NAMES = ("qa", "eu", "us", "prod")
TEAMS = ("sre", "leads")
DAYS = (1, 2, 3, 4, 5, 6, 7)

workflows = st.builds(
    WorkflowSpec,
    st.sampled_from(("announce", "smoke", "check")),
    st.one_of(
        st.none(),
        st.lists(
            st.sampled_from(("APP_NAME", "COMMIT_SHA", "ERROR_MESSAGE", "FAILED_ENVIRONMENTS", "RELEASE_ID", "ticket")),
            unique=True,
        ).map(tuple),
    ),
)
maybe = st.one_of(st.none(), workflows)
hooks = st.one_of(st.just(HooksSpec()), st.builds(HooksSpec, maybe, maybe, maybe))


@st.composite
def _needy(draw: st.DrawFn) -> WorkflowSpec:
    """A workflow that needs a parameter which only the promotion context can bring."""
    return WorkflowSpec("needy", ("ticket",), ("ticket",) if draw(st.booleans()) else ())


@st.composite
def _freezes(draw: st.DrawFn) -> tuple[FreezeSpec, ...]:
    if draw(st.integers(0, 3)):
        return ()
    start = NOW + timedelta(minutes=draw(st.integers(-60, 120)))
    end = start + timedelta(minutes=draw(st.integers(1, 300)))
    return (FreezeSpec("sale", _plain(start), _plain(end), "UTC"),)


def _plain(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


gates = st.builds(
    GatesSpec,
    soak=st.sampled_from((0, 0, 60, 3600)),
    approvals=st.one_of(
        st.none(), st.builds(Approvals, st.integers(1, 2), st.lists(st.sampled_from(TEAMS), unique=True).map(tuple))
    ),
    window=st.one_of(
        st.none(),
        st.none(),
        st.builds(
            WindowSpec,
            st.just("hours"),
            st.just(DAYS),
            times := st.times().map(lambda moment: time(moment.hour, moment.minute)),
            times,
            st.sampled_from(("UTC", "Europe/Berlin", "Asia/Singapore")),
        ),
    ),
    freezes=_freezes(),
)


@st.composite
def _environment(draw: st.DrawFn, name: str, before: tuple[str, ...]) -> EnvironmentSpec:
    after = draw(st.lists(st.sampled_from(before), min_size=1, max_size=2, unique=True))
    after.sort(key=before.index)
    action = draw(st.sampled_from((Action.COMMIT, Action.PR, Action.NONE)))
    count = draw(st.integers(1, 2))
    pre = draw(workflows if action is Action.NONE else maybe)
    applications = [_application(f"shop-{name}{'-b' * number}", after[0], pre, draw(maybe)) for number in range(count)]
    return environment(
        name,
        tuple(after),
        action=action,
        rollback=draw(st.booleans()),
        gates=draw(st.one_of(st.just(GatesSpec()), gates)),
        hooks=draw(hooks),
        applications=tuple(applications),
    )


def _application(name: str, source: str, pre: WorkflowSpec | None, post: WorkflowSpec | None) -> ApplicationSpec:
    return application(name, source, pre=pre, post=post)


@st.composite
def release_specs(draw: st.DrawFn, concurrency: Concurrency | None = None, most: int = 4) -> ReleaseSpec:
    """Return a release into one to four environments, in any order that is one."""
    names = NAMES[: draw(st.integers(1, most))]
    environments = [draw(_environment(name, ("dev", *names[:number]))) for number, name in enumerate(names)]
    return spec(
        *environments,
        hooks=draw(st.one_of(hooks, st.builds(HooksSpec, success=_needy()))),
        timeout=draw(st.sampled_from((600, 3600, 14_400))),
        concurrency=concurrency or draw(st.sampled_from(Concurrency)),
        first=trigger(draw(maybe)),
    )
