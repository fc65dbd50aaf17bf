"""How findings about policies and settings are said."""

from __future__ import annotations

from collections.abc import Iterable

from engine.model.attributes import Subject
from engine.model.conditions import Condition, PassedThrough, atoms
from engine.model.entities import Policy, Setting
from engine.model.values import written
from engine.resolve.decision import Effective, InlineOrigin, PolicyOrigin
from engine.resolve.resolver import Resolver
from engine.verify.context import LATER
from engine.verify.points import Witness
from engine.verify.verdict import CoreReason, ReasonKind
from grammar.diagnostics import Label
from grammar.span import NOWHERE
from grammar.vocabulary import listing


def named(core: Iterable[CoreReason]) -> str:
    """Return the reasons of a proof in one phrase."""
    return listing([str(reason) for reason in core], "and")


def labels_of(core: Iterable[CoreReason], message: str) -> tuple[Label, ...]:
    """Return a label at each reason that is written somewhere."""
    return tuple(Label(reason.span, message) for reason in core if reason.span != NOWHERE)


def others(core: Iterable[CoreReason], policy: Policy) -> tuple[CoreReason, ...]:
    """Return the reasons of proofs about a policy besides the policy itself, each once, in order of name."""
    own = CoreReason(ReasonKind.POLICY, policy.name)
    return tuple(sorted({reason for reason in core if reason != own}, key=str))


def whom(witness: Witness, now: bool) -> str:
    """Return a point for a message, and whether it is only possible."""
    return witness.words() + ("" if now else LATER)


def settings_asked(condition: Condition) -> tuple[str, ...]:
    """Return the settings a condition asks about, each once, in the order read."""
    found = [
        atom.attribute.field
        for atom in atoms(condition)
        if not isinstance(atom, PassedThrough) and atom.attribute.subject is Subject.SETTING
    ]
    return tuple(dict.fromkeys(found))


def merged_words(
    resolver: Resolver, witness: Witness, inline: tuple[Setting, ...], settings: Iterable[str]
) -> tuple[str, tuple[Label, ...]]:
    """Return what some settings come to at a point, in words and as labels at their origins."""
    decision = resolver.decide(witness.product.facts, witness.environment.facts, inline=inline, flow=witness.flow)
    parts: list[str] = []
    labels: list[Label] = []
    for name in settings:
        effective = decision.effective.get(name)
        if effective is None:
            parts.append(f"nothing sets `{name}`")
            continue
        parts.append(f"`{name}` is `{written(effective.value)}` by {_origin(effective)}")
        labels.append(Label(effective.origin.span, f"sets `{name}` to `{written(effective.value)}`"))
    return listing(parts, "and"), tuple(labels)


def _origin(effective: Effective) -> str:
    match effective.origin:
        case PolicyOrigin(policy, priority):
            return f"policy `{policy}` (priority {priority})"
        case InlineOrigin(flow):
            return f"the step of flow `{flow}`" if flow is not None else "hand"
