"""Matching, merging with provenance, flow selection, templates, applications and the calendar.

The names are found when they are first used: a command that merges settings does not load the calendar.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.resolve.applications import ApplicationMap as ApplicationMap
    from engine.resolve.applications import Assignment as Assignment
    from engine.resolve.applications import touched as touched
    from engine.resolve.calendar import Closed as Closed
    from engine.resolve.calendar import Frozen as Frozen
    from engine.resolve.calendar import NotFrozen as NotFrozen
    from engine.resolve.calendar import Open as Open
    from engine.resolve.calendar import freeze_state as freeze_state
    from engine.resolve.calendar import freezes_in_force as freezes_in_force
    from engine.resolve.calendar import window_state as window_state
    from engine.resolve.decision import Ambiguity as Ambiguity
    from engine.resolve.decision import Decision as Decision
    from engine.resolve.decision import Effective as Effective
    from engine.resolve.decision import InlineOrigin as InlineOrigin
    from engine.resolve.decision import Origin as Origin
    from engine.resolve.decision import PolicyOrigin as PolicyOrigin
    from engine.resolve.evaluation import evaluate as evaluate
    from engine.resolve.explain import Explanation as Explanation
    from engine.resolve.explain import explain_pair as explain_pair
    from engine.resolve.facts import CommitFacts as CommitFacts
    from engine.resolve.facts import Facts as Facts
    from engine.resolve.flow_choice import FlowChoice as FlowChoice
    from engine.resolve.flow_choice import choose_flow as choose_flow
    from engine.resolve.flow_choice import made_by_promotion as made_by_promotion
    from engine.resolve.reasons import Reason as Reason
    from engine.resolve.reasons import why_not as why_not
    from engine.resolve.resolver import Resolver as Resolver
    from engine.resolve.template_composition import Composed as Composed
    from engine.resolve.template_composition import compose as compose

_NAMES = {
    "applications": ("ApplicationMap", "Assignment", "touched"),
    "calendar": ("Closed", "Frozen", "NotFrozen", "Open", "freeze_state", "freezes_in_force", "window_state"),
    "decision": ("Ambiguity", "Decision", "Effective", "InlineOrigin", "Origin", "PolicyOrigin"),
    "evaluation": ("evaluate",),
    "explain": ("Explanation", "explain_pair"),
    "facts": ("CommitFacts", "Facts"),
    "flow_choice": ("FlowChoice", "choose_flow", "made_by_promotion"),
    "reasons": ("Reason", "why_not"),
    "resolver": ("Resolver",),
    "template_composition": ("Composed", "compose"),
}
_HOMES = {name: module for module, names in _NAMES.items() for name in names}

__all__ = list(_HOMES)  # a test holds it to the imports above


def __getattr__(name: str) -> object:
    """Import a public name's module when the name is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
