"""A difference as entries that every view for people shows: one sentence each, with its weight and its examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from adapters.cli.decision_words import place
from engine.model.values import written
from engine.resolve.decision import InlineOrigin, PolicyOrigin
from engine.verify.diff import Change, Difference, Region, Strictness, Topic, TriggerRegion, Winner
from engine.verify.diff.exceptions import MORE
from engine.verify.diff.region import MOST_EXAMPLES
from engine.verify.diff.region_words import where
from engine.verify.trigger_commits import words as commit_words
from grammar.span import SourceText, Span
from grammar.vocabulary import listing

if TYPE_CHECKING:
    from engine.resolve.decision import Origin

Sources = Mapping[str, SourceText]


@dataclass(frozen=True, slots=True)
class Sides:
    """What is compared.

    Attributes:
        old: what the old side is called.
        new: what the new side is called.
        old_sources: the texts of the old side.
        new_sources: the texts of the new side.
        old_folder: the folder that the old side's places are shown from; empty for where promo runs.
        new_folder: the same for the new side.
    """

    old: str
    new: str
    old_sources: Sources
    new_sources: Sources
    old_folder: str = ""
    new_folder: str = ""

    def old_place(self, span: Span) -> str:
        """Return ``file:line`` of a place of the old side; within a folder that is compared, from there."""
        return place(span, self.old_sources).removeprefix(f"{self.old_folder}/")

    def new_place(self, span: Span) -> str:
        """Return ``file:line`` of a place of the new side."""
        return place(span, self.new_sources).removeprefix(f"{self.new_folder}/")


@dataclass(frozen=True, slots=True)
class Entry:
    """One change.

    Attributes:
        topic: the heading it stands under.
        strictness: what it means for those who promote.
        sentence: what changed, with the user's text in backticks.
        details: whom it concerns, and examples.
    """

    topic: str
    strictness: Strictness
    sentence: str
    details: tuple[str, ...] = ()


def entries(difference: Difference, sides: Sides) -> list[Entry]:
    """Return every change, settings first, then by topic; what is looser stands first in each."""
    found = [_region(region, sides) for region in difference.regions]
    changes = [_change(change, sides) for change in difference.changes]
    changes += [_trigger(trigger) for trigger in difference.triggers]
    order = {topic.value: number for number, topic in enumerate(Topic)}
    weights = {Strictness.LOOSER: 0, Strictness.DIFFERENT: 1, Strictness.STRICTER: 2}
    found.sort(key=lambda entry: (entry.topic, weights[entry.strictness]))
    changes.sort(key=lambda entry: (order[entry.topic], weights[entry.strictness]))
    return [*found, *changes]


def moved_entries(difference: Difference, sides: Sides) -> list[Entry]:
    """Return the regions in which a setting keeps its value and only its origin is another."""
    return [
        Entry(
            f"setting `{region.setting}`",
            Strictness.DIFFERENT,
            f"{where(region)}: {region.setting} `{_value(region.new)}` of {_origin(region.old, sides.old_place)}"
            f" is now of {_origin(region.new, sides.new_place)}",
        )
        for found in difference.settings
        for region in found.moved
    ]


def proofs(difference: Difference) -> list[str]:
    """Return what was proved and what was not, a sentence each."""
    proved = [found.setting for found in difference.settings if found not in _unproved(difference)]
    world = "declared pair" if difference.closed else "product and environment that could exist"
    how = "counted" if difference.closed else "proved"
    lines = []
    if proved:
        names = listing([f"`{name}`" for name in proved], "and")
        beyond = "nothing else changes" if difference.regions else "nothing changes"
        lines.append(f"{how} for every {world}: {beyond} for {names}")
    lines += [f"not proved for {what}: {reason}" for what, reason in difference.unknown]
    return lines


def verdict(difference: Difference) -> str:
    """Return the whole difference in one sentence."""
    if difference.empty:
        if difference.unknown:
            return "no semantic change was found, but not everything could be proved"
        if difference.closed:
            return "no semantic change for anything that is declared"
        return "no semantic change: proved for every product and environment that could exist"
    counts = [(difference.count(kind), kind.value) for kind in Strictness]
    total = sum(count for count, _ in counts)
    parts = [f"{count} {word}" for count, word in counts if count]
    return f"{total} semantic change{'s' if total != 1 else ''}: {', '.join(parts)}"


def _unproved(difference: Difference) -> list[object]:
    names = {what for what, _ in difference.unknown}
    return [found for found in difference.settings if f"setting `{found.setting}`" in names]


# --- settings --------------------------------------------------------------------------------------


def _region(region: Region, sides: Sides) -> Entry:
    old, new = region.old, region.new
    was = f"`{_value(old)}` ({_origin(old, sides.old_place)})" if old.value is not None else ""
    now = f"`{_value(new)}` ({_origin(new, sides.new_place)})" if new.value is not None else ""
    if not was:
        change = f"{region.setting}, which nothing set, becomes {now}"
    elif not now:
        change = f"{region.setting} {was} is not set any more"
    else:
        change = f"{region.setting} {was} becomes {now}"
    details = []
    if region.exceptions:
        details.append(_exceptions(region))
    details.append(_pairs(region))
    return Entry(f"setting `{region.setting}`", region.strictness, f"{where(region)}: {change}", tuple(details))


def _exceptions(region: Region) -> str:
    named = [f"`{name}`" for name in region.exceptions if name]
    if not named:
        return "except where better policies decide"
    more = ["maybe others"] if MORE in region.exceptions else []
    return f"except where better policies decide: {listing([*named, *more], 'and')}"


def _value(winner: Winner) -> str:
    return "" if winner.value is None else written(winner.value)


def _origin(winner: Winner, place_of: Callable[[Span], str]) -> str:
    if winner.origin is None:
        return "nothing"
    at = place_of(winner.origin.span)
    return _name(winner.origin) + (f", {at}" if at else "")


def _name(origin: Origin) -> str:
    match origin:
        case PolicyOrigin():
            return f"`{origin.policy}`"
        case InlineOrigin():
            return f"flow `{origin.flow}`"
        case _:
            assert_never(origin)


def _pairs(region: Region) -> str:
    if not region.pairs:
        return f"no declared pair; possible for {region.witness.words()}"
    shown = [f"`{product}` in `{environment}`" for product, environment in region.examples]
    if region.pairs > MOST_EXAMPLES:
        shown.append(f"{region.pairs - MOST_EXAMPLES} more")
    return f"{region.pairs} declared pair{'s' if region.pairs > 1 else ''}: {listing(shown, 'and')}"


# --- the rest --------------------------------------------------------------------------------------


def _change(change: Change, sides: Sides) -> Entry:
    at = sides.new_place(change.new) or sides.old_place(change.old)
    sentence = f"{change.subject} {change.text}" + (f" ({at})" if at else "")
    return Entry(change.topic.value, change.strictness, sentence, (f"e.g. {change.witness}",) if change.witness else ())


def _trigger(region: TriggerRegion) -> Entry:
    names = [f"`{name}`" for name in region.products[:MOST_EXAMPLES]]
    if len(region.products) > MOST_EXAMPLES:
        names.append(f"{len(region.products) - MOST_EXAMPLES} more")
    was = f"flow `{region.old}`" if region.old is not None else "nothing"
    now = f"flow `{region.new}`" if region.new is not None else "nothing"
    products = f"product{'s' if len(region.products) > 1 else ''} {listing(names, 'and')}"
    sentence = f"some commits of {products} in `{region.environment}` that started {was} now start {now}"
    return Entry(Topic.TRIGGERS.value, Strictness.DIFFERENT, sentence, (f"e.g. {commit_words(region.commit)}",))
