"""What the server says about the words of the language, in Markdown."""

from __future__ import annotations

from engine.model.attributes import ATTRIBUTES, WORDS, Attribute, Subject
from engine.model.settings import SETTING_BY_NAME
from grammar.vocabulary import AFTER, DECLARATIONS

_ABOUT = {
    "environment": "Where applications live: clusters, namespaces, production or not.",
    "product": "Applications that are promoted together, the values that travel, and the flows that commits start.",
    "template": "Which values a promotion copies, for the applications its condition selects.",
    "policy": "Settings for every pair of product and environment its condition selects; policies merge setting by "
    "setting, and the better priority wins.",
    "flow": "An order of environments, with hooks and settings of its own.",
    "require": "What must hold for every product and environment that could ever exist; `promo verify` proves it.",
    "window": "When promotions may begin.",
    "freeze": "When promotions may not begin.",
    "access": "What teams may do, and where.",
    "test": "An example that must hold; `promo test` runs it.",
    "when": "What the declaration is about; without it, everything.",
    "that": "What a requirement demands of the effective settings, or of the way a change has come.",
    "trigger": "The environment a flow begins in: its change is what is promoted.",
    "step": "An environment of a flow, and what it waits for.",
    "after": "The environments that must be done before the step begins.",
    "on": "A workflow that runs once when the release or the step starts, succeeds or fails.",
    "timeout": "How long the whole release may take.",
    "priority": "Which of two policies wins where both set something; without it, 0.",
    "promote": "A file, and the JSONPaths of the values in it that a promotion copies.",
    "version": "The file and the JSONPath where the version of an application is written.",
    "concurrency": "What a new release does while an older one of the product is active: `queue` or `terminate`.",
    "cluster": "A cluster the environment spans, and which of its namespaces.",
    "kind": "Whether the environment is production: `prod` or `non-prod`.",
    "passed": "Whether the change went through an environment before.",
    "matches": "Compares with a pattern; `*` stands for any text.",
    "in": "Compares with several values.",
    "expect": "What a test demands: a flow, an order, settings, or what blocks.",
    "tags": "Words that conditions can ask about.",
    "labels": "Keys and values that conditions can ask about.",
    "annotations": "Keys and values for people and other tools; no condition sees them.",
    "description": "What it is for.",
    "teams": "The teams the rule is about.",
    "allow": "What they may do.",
    "days": "The days of a window.",
    "zone": "The time zone that times and dates are in; without it, UTC.",
}


def about_keyword(word: str) -> str | None:
    """Return what a keyword means; None for a word that is none."""
    spec = SETTING_BY_NAME.get(word)
    about = spec.doc if spec is not None else _ABOUT.get(word)
    shape = DECLARATIONS.get(word)
    follows = AFTER.get(word)
    if about is None and follows is None:
        return None
    head = shape or f"{word} ..."
    lines = [f"```promo\n{head}\n```"]
    if about is not None:
        lines.append(about)
    if follows is not None and shape is None:
        lines.append(f"Takes {follows}.")
    return "\n\n".join(lines)


def about_attribute(subject: Subject, field: str, key: str | None = None) -> str:
    """Return what an attribute of conditions means."""
    spec = ATTRIBUTES[subject, field]
    written = str(Attribute(subject, field, key))
    words = WORDS.get(spec.type)
    kind = " or ".join(f"`{word}`" for word in words) if words else spec.type.value
    several = "several values, of which one has to fit; each is " if spec.many else ""
    return f"```promo\n{written}\n```\n\n{spec.doc}\n\nHolds {several}{kind}."


def attribute_of(token: str) -> tuple[Subject, str, str | None] | None:
    """Return which attribute a word or a dotted reference asks about; None where there is none."""
    from grammar.lexical import BadEscapeError
    from grammar.path_parts import path_parts

    try:
        parts = path_parts(token)
    except BadEscapeError:
        return None
    subjects = {subject.value: subject for subject in Subject}
    if len(parts) == 1:
        bare = (Subject.COMMIT, Subject.SETTING)
        return next(((subject, token, None) for subject in bare if (subject, token) in ATTRIBUTES), None)
    subject = subjects.get(parts[0])
    if subject is None or (subject, parts[1]) not in ATTRIBUTES or len(parts) > 3:
        return None
    return subject, parts[1], parts[2] if len(parts) == 3 else None
