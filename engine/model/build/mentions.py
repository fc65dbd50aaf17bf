"""Names and label keys in conditions, held against what is declared.

Conditions are about an open world: a product that is declared elsewhere may be named. So a name nobody knows is
a warning, except where a requirement asks for an environment to have been passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.model.argo import Application
from engine.model.attributes import Subject
from engine.model.build.session import Session
from engine.model.check import Mention
from engine.model.entities import Environment, Product
from grammar.diagnostics import Label
from grammar.lexical import name_token
from grammar.path_parts import path_token


def check_mentions(
    session: Session,
    products: Iterable[Product],
    environments: Iterable[Environment],
    applications: Iterable[Application],
) -> None:
    """Report what conditions mention and nothing has.

    Args:
        session: with the mentions of every condition.
        products: whose label keys count.
        environments: whose label keys count.
        applications: whose label and annotation keys count.
    """
    keys = {
        Subject.PRODUCT: _keys(product.metadata.labels for product in products),
        Subject.ENVIRONMENT: _keys(environment.metadata.labels for environment in environments),
        Subject.APPLICATION: _keys(labels for app in applications for labels in (app.labels, app.annotations)),
    }
    for mention in session.findings.mentions:
        if mention.attribute.key is not None:
            _check_key(session, mention, mention.attribute.key, keys.get(mention.attribute.subject, frozenset()))
        elif mention.value is not None:
            _check_name(session, mention, mention.value)


def _keys(labels: Iterable[Mapping[str, str]]) -> frozenset[str]:
    return frozenset(key for one in labels for key in one)


def _check_name(session: Session, mention: Mention, name: str) -> None:
    subject = mention.attribute.subject
    kind = "window" if subject is Subject.SETTING else subject.value
    known = session.names[kind]
    if name in known:
        return
    if mention.required:
        session.findings.report(session.unknown(kind, name, mention.span, known, keyword="passed"))
        return
    if not known or "*" in name:
        return
    meant = session.suggest(name, known)
    session.warning(
        "M032",
        f"no {kind} called `{name[:80]}` is declared",
        mention.span,
        help=f"did you mean `{name_token(meant)}`?" if meant else "",
        labels=[Label(known[meant], f"`{meant}` is declared here")] if meant else (),
    )


def _check_key(session: Session, mention: Mention, key: str, used: frozenset[str]) -> None:
    if key in used or not used:
        return
    subject = mention.attribute.subject.value
    meant = session.suggest(key, used)
    session.warning(
        "M033",
        f"no {subject} has a label `{key[:80]}`",
        mention.span,
        help=f"did you mean `{path_token((subject, 'labels', meant))}`?" if meant else "",
    )
