"""Which of an application's sources a promotion edits. Source: domain, application."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.model.argo import Application, Source
from grammar.suggest import did_you_mean
from grammar.vocabulary import listing

SOURCE_KEY = "promo.io/source"
"""The annotation that says which source it is: the name it is referred to by, or its position, from 0."""

PATH_KEY = "promo.io/source-path"
"""The annotation that says which folder of it, where the source itself names none."""


@dataclass(frozen=True, slots=True)
class NoPromotedSource:
    """Why no source can be edited, and what to do about it."""

    reason: str
    unblock: str


def promoted_source(application: Application) -> Source | NoPromotedSource:
    """Return the Git folder a promotion edits, or why there is none.

    Of a hydrated application it is the dry source, and of one with a single source that one. Of several sources it is
    the one that the annotation names; without it, the only one that is in Git, if it names a path. Nothing is guessed.
    """
    if application.hydrator is not None:
        return application.hydrator.dry
    if not application.sources:
        return NoPromotedSource("it has no source", "give it a `spec.source`")
    chosen = application.annotations.get(SOURCE_KEY)
    found = _single(application) if chosen is None else _named(application, chosen.strip())
    if isinstance(found, NoPromotedSource):
        return found
    if found.chart is not None:
        return NoPromotedSource(
            f"its source is the Helm chart `{found.chart}` of a chart repository, not a folder in Git",
            "keep its values in a Git folder",
        )
    folder = application.annotations.get(PATH_KEY)
    if folder is None:
        return found
    if found.path:
        return NoPromotedSource(
            f"its source names the path `{found.path}`, and the annotation `{PATH_KEY}` another",
            f"remove the annotation `{PATH_KEY}`",
        )
    return replace(found, path=folder.strip("/"))


def _single(application: Application) -> Source | NoPromotedSource:
    """Return the source of an application that does not say which it is."""
    sources = application.sources
    if len(sources) == 1:
        return sources[0]
    in_git = [source for source in sources if source.chart is None]
    if len(in_git) == 1 and in_git[0].path:
        return in_git[0]
    return NoPromotedSource(
        f"it has {len(sources)} sources, and which one a promotion edits is not certain",
        f"name it in the annotation `{SOURCE_KEY}`: {_choices(sources)}",
    )


def _named(application: Application, chosen: str) -> Source | NoPromotedSource:
    sources = application.sources
    called = [source for source in sources if source.ref and source.ref == chosen]
    if len(called) == 1:
        return called[0]
    if not called and chosen.isascii() and chosen.isdecimal() and len(chosen) < 5 and int(chosen) < len(sources):
        return sources[int(chosen)]
    near = did_you_mean(chosen, [source.ref for source in sources if source.ref])
    return NoPromotedSource(
        f"its annotation `{SOURCE_KEY}` says `{chosen}`, "
        + ("which several of its sources are called" if called else f"which none of its {len(sources)} sources is"),
        near or f"name one of them: {_choices(sources)}",
    )


def _choices(sources: tuple[Source, ...]) -> str:
    names = [
        f'"{source.ref or place}" for `{source.path or source.repo_url}`'
        for place, source in enumerate(sources)
        if source.chart is None
    ]
    return listing(names[:5]) if names else "none of them is in Git"
