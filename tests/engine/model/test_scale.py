"""The cost of building grows with what is declared, and no faster: counted in calls, not in time."""

import sys
from types import FrameType

import pytest

from engine.model.build import build_workspace
from engine.model.conditions import Membership
from grammar.nodes import File
from grammar.parser import parse


def _policies(count: int, body: str) -> File:
    world = 'environment qa { kind non-prod }\nproduct trio { labels team = "a" }\n'
    policies = "".join(
        f"policy p{number} priority {number} {{ {body.replace('@', str(number))} }}\n" for number in range(count)
    )
    return parse(world + policies).file


def _calls(file: File) -> int:
    """Count the calls of Python functions that building takes."""
    count = 0

    def profile(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(profile)
    try:
        build_workspace([file])
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "body",
    [
        'when product.labels.team == "a" and environment.name in [qa, "x"] pre-action smoke action pr soak 2h',
        "action pr action commit when environment.knd == prod",
        "window no-such-window-@",
        "when product.name == no-such-product-@ action pr",
    ],
)
def test_building_policies_is_linear(body: str) -> None:
    small, large = _calls(_policies(400, body)), _calls(_policies(1600, body))
    assert large < 4.4 * small


def test_a_chain_of_steps_is_linear() -> None:
    def chain(length: int) -> File:
        environments = "".join(f"environment e{number} {{ kind prod }}\n" for number in range(length))
        steps = " ".join(f"step e{number} after e{number - 1}" for number in range(1, length))
        return parse(f"{environments}flow f {{ trigger e0 {steps} }}").file

    assert build_workspace([chain(400)]).diagnostics == ()
    assert _calls(chain(400)) < 4.4 * _calls(chain(100))


def test_ten_thousand_policies_are_built() -> None:
    made = build_workspace([_policies(10_000, "when environment.kind == prod action pr")])
    assert len(made.workspace.policies) == 10_000
    assert made.diagnostics == ()


def test_an_attribute_is_one_object_wherever_it_is_asked_about() -> None:
    text = "".join(f"policy p{number} {{ when product.labels.team == x action pr }}\n" for number in range(20))
    policies = build_workspace([parse(text).file]).workspace.policies.values()
    asked = {id(policy.when.attribute) for policy in policies if isinstance(policy.when, Membership)}
    assert (len(policies), len(asked)) == (20, 1)
