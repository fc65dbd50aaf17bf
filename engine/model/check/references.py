"""Which side of a comparison asks about something, and whether that exists here."""

from __future__ import annotations

from functools import lru_cache

from engine.model.attributes import ATTRIBUTES, Attribute, AttributeSpec, Scope, Subject
from engine.model.check.findings import Findings, replacement
from grammar.diagnostics import Diagnostic, error
from grammar.expressions import Operand, Path, Word
from grammar.path_parts import path_token
from grammar.suggest import nearest
from grammar.vocabulary import listing

_BARE = {field: subject for subject, field in ATTRIBUTES if subject in (Subject.COMMIT, Subject.SETTING)}
"""Attributes that are written without their subject."""

_SUBJECTS = {
    subject.value: subject for subject in (Subject.PRODUCT, Subject.ENVIRONMENT, Subject.APPLICATION, Subject.FLOW)
}

_OTHER_WORDS = {
    "type": "kind",
    "stage": "kind",
    "tier": "kind",
    "annotations": "labels",
    "id": "name",
}
"""Fields as other tools call them, by what is meant."""

_PLACES = {
    Subject.PRODUCT: "policies, freezes, requirements and access rules",
    Subject.ENVIRONMENT: "policies, freezes, requirements and access rules",
    Subject.APPLICATION: "the `when` of a template",
    Subject.FLOW: "requirements and access rules",
    Subject.COMMIT: "the condition of a product's flow",
    Subject.SETTING: "the `that` of a requirement",
}
"""Where each subject may be asked about."""


def spec_of(attribute: Attribute) -> AttributeSpec:
    """Return what is known about an attribute that `resolve` gave."""
    return ATTRIBUTES[attribute.subject, attribute.field]


def asks(operand: Operand, scope: Scope) -> bool:
    """Say whether an operand asks about something: a dotted path, or the bare name of an attribute of the scope."""
    match operand:
        case Path():
            return True
        case Word():
            return _BARE.get(operand.text) in scope.subjects
        case _:
            return False


def meant_to_ask(left: Operand, right: Operand) -> Word | None:
    """Return the bare word, of two operands that both ask about nothing, that looks as if it should."""
    words = [operand for operand in (left, right) if isinstance(operand, Word)]
    fields = {field for _, field in ATTRIBUTES} | _SUBJECTS.keys() | _OTHER_WORDS.keys()
    return next((word for word in words if word.text in fields), words[0] if words else None)


def resolve(operand: Word | Path, scope: Scope, findings: Findings) -> Attribute | None:
    """Return the attribute an operand asks about; None when there is none here, which is then reported."""
    found = _bare(operand, scope) if isinstance(operand, Word) else _dotted(operand, scope)
    if isinstance(found, Attribute):
        return found
    if found is not None:
        findings.report(found)
    return None


def _bare(word: Word, scope: Scope) -> Attribute | Diagnostic:
    subject = _BARE.get(word.text)
    if subject is None:
        return _unknown_word(word, scope)
    if subject not in scope.subjects:
        return _out_of_scope(word.text, subject, word, scope)
    return _attribute(subject, word.text)


@lru_cache(maxsize=1024)
def _attribute(subject: Subject, field: str, key: str | None = None) -> Attribute:
    """Return an attribute; the same one wherever it is asked about, so that it is found among others by identity."""
    return Attribute(subject, field, key)


def _dotted(path: Path, scope: Scope) -> Attribute | Diagnostic | None:
    if len(path.parts) < 2:
        # Only a path whose text was broken has one part, and that has been reported.
        return None
    first, field = path.parts[0], path.parts[1]
    subject = _SUBJECTS.get(first)
    if subject is None:
        return _unknown_subject(path, scope)
    if subject not in scope.subjects:
        return _out_of_scope(path_token(path.parts), subject, path, scope)
    spec = ATTRIBUTES.get((subject, field))
    if spec is None:
        return _unknown_field(path, subject, field)
    if not spec.keyed:
        return _attribute(subject, field) if len(path.parts) == 2 else _too_deep(path, subject, field)
    if len(path.parts) == 3:
        return _attribute(subject, field, path.parts[2])
    written = path_token(path.parts)
    if len(path.parts) == 2:
        return error(
            "M022",
            f"`{written}` does not say which label",
            path.span,
            help=f'write its key, as in `{written}.team`; to ask whether there is one, `{written}.team matches "*"`',
        )
    whole = path_token((first, field, ".".join(path.parts[2:])))
    return error(
        "M022",
        f"`{written}` goes deeper than a label",
        path.span,
        help=f"a key with dots stands in brackets: `{whole}`",
        fix=replacement(path.span, whole),
    )


def _too_deep(path: Path, subject: Subject, field: str) -> Diagnostic:
    whole = f"{subject.value}.{field}"
    return error(
        "M022",
        f"`{whole}` has no parts",
        path.span,
        help=f"write `{whole}` alone",
        fix=replacement(path.span, whole),
    )


def _out_of_scope(written: str, subject: Subject, operand: Word | Path, scope: Scope) -> Diagnostic:
    return error(
        "M021",
        f"`{written}` cannot be asked about in {scope.place}",
        operand.span,
        help=f"it is for {_PLACES[subject]}",
    )


def _unknown_subject(path: Path, scope: Scope) -> Diagnostic:
    first, rest = path.parts[0], path.parts[1:]
    if len(rest) == 1 and rest[0] in _BARE:
        return error(
            "M020",
            f"`{first}` is nothing a condition can ask about",
            path.span,
            help=f"write `{rest[0]}` alone",
            fix=replacement(path.span, rest[0]),
        )
    allowed = sorted(name for name, subject in _SUBJECTS.items() if subject in scope.subjects)
    meant = nearest(first, allowed)
    whole = path_token((meant, *rest)) if meant else ""
    return error(
        "M020",
        f"`{first}` is nothing a condition can ask about",
        path.span,
        help=f"did you mean `{whole}`?" if whole else f"{scope.place} can ask about {listing(_offered(scope))}",
        fix=replacement(path.span, whole) if whole else None,
    )


def _unknown_field(path: Path, subject: Subject, field: str) -> Diagnostic:
    fields = [name for owner, name in ATTRIBUTES if owner is subject]
    alias = _OTHER_WORDS.get(field)
    meant = alias if alias in fields else nearest(field, fields)
    whole = path_token((subject.value, meant, *path.parts[2:])) if meant else ""
    if meant:
        hint = f"did you mean `{whole}`?"
    elif "labels" in fields and len(path.parts) == 2:
        hint = f"a label is written `{path_token((subject.value, 'labels', field))}`"
    else:
        hint = f"it has {listing([f'`{name}`' for name in fields], 'and')}"
    return error(
        "M020",
        f"{_with_article(subject)} has no `{field}`",
        path.span,
        help=hint,
        fix=replacement(path.span, whole) if whole else None,
    )


def _unknown_word(word: Word, scope: Scope) -> Diagnostic:
    text = _OTHER_WORDS.get(word.text, word.text)
    whole = [
        str(Attribute(subject, field)) for subject, field in ATTRIBUTES if subject in scope.subjects and field == text
    ]
    if text in _SUBJECTS and _SUBJECTS[text] in scope.subjects:
        whole = [f"{text}.name"]
    if not whole:
        bare = [field for field, subject in _BARE.items() if subject in scope.subjects]
        meant = nearest(text, [*bare, *_offered_fields(scope)])
        whole = [meant] if meant in bare else _offered_fields(scope).get(meant or "", [])
    hint = f"did you mean {listing([f'`{name}`' for name in whole])}?" if whole else ""
    return error(
        "M020",
        f"`{word.text}` is nothing a condition can ask about",
        word.span,
        help=hint or f"{scope.place} can ask about {listing(_offered(scope))}",
        fix=replacement(word.span, whole[0]) if len(whole) == 1 and "labels" not in whole[0] else None,
    )


def _offered(scope: Scope) -> list[str]:
    """Return how each attribute of a scope is written, in the order of the registry."""
    return [
        f"`{subject.value}.{field}.KEY`" if spec.keyed else f"`{Attribute(subject, field)}`"
        for (subject, field), spec in ATTRIBUTES.items()
        if subject in scope.subjects
    ]


def _offered_fields(scope: Scope) -> dict[str, list[str]]:
    """Return the dotted attributes of a scope by their last part."""
    fields: dict[str, list[str]] = {}
    for subject, field in ATTRIBUTES:
        if subject in scope.subjects and subject.value in _SUBJECTS:
            fields.setdefault(field, []).append(str(Attribute(subject, field)))
    return fields


def _with_article(subject: Subject) -> str:
    return f"an {subject.value}" if subject.value[0] in "ae" else f"a {subject.value}"
