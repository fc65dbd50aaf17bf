"""The order of a flow's steps, against an independent search of the graph."""

from hypothesis import given
from hypothesis import strategies as st

from engine.model.build import build_workspace
from grammar import nodes

NAMES = ("t", "a", "b", "c", "d", "e")


def _environment(name: str) -> nodes.Environment:
    return nodes.Environment(nodes.Name(name), (nodes.Kind(nodes.Name("prod")),))


def _flow(after: dict[str, tuple[str, ...]]) -> nodes.Flow:
    steps = tuple(nodes.Step(nodes.Name(n), tuple(nodes.Name(b) for b in before), ()) for n, before in after.items())
    return nodes.Flow(nodes.Name("f"), (nodes.Trigger(nodes.Name("t"), ()), *steps))


def _can_all_begin(after: dict[str, tuple[str, ...]]) -> bool:
    done = {"t"}
    while True:
        more = {name for name, before in after.items() if name not in done and set(before) <= done}
        if not more:
            return done >= set(after)
        done |= more


graphs = st.dictionaries(
    st.sampled_from(NAMES[1:]), st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True).map(tuple)
)


@given(graphs)
def test_a_flow_is_sound_exactly_when_every_step_can_begin(after: dict[str, tuple[str, ...]]) -> None:
    declarations = (*(_environment(name) for name in NAMES), _flow(after))
    made = build_workspace([nodes.File("t", declarations)])
    assert ("f" in made.workspace.flows) == _can_all_begin(after)
    assert bool(made.diagnostics) != _can_all_begin(after)


@given(graphs)
def test_a_step_that_can_begin_is_never_blamed(after: dict[str, tuple[str, ...]]) -> None:
    declarations = (*(_environment(name) for name in NAMES), _flow(after))
    blamed = " ".join(
        found.message for found in build_workspace([nodes.File("t", declarations)]).diagnostics if found.code == "M044"
    )
    done = {"t"}
    for _ in after:
        done |= {name for name, before in after.items() if set(before) <= done}
    assert not any(f"step `{name}`" in blamed for name in done)
