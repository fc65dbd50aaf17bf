"""Hypothetical facts on the command line: `--given 'product.labels.team=payments'`.

A declared name brings the facts it was declared with, and what is given stands over them; any other name has
nothing but what is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.cli.declared_names import require_declared
from adapters.cli.output import fail
from engine.model.attributes import ATTRIBUTES, WORDS, Attribute, Subject, ValueType
from engine.resolve.facts import ENVIRONMENT_NAME, PRODUCT_NAME, Facts, environment_facts, given, product_facts
from grammar.lexical import BadEscapeError
from grammar.path_parts import path_parts, path_token
from grammar.render import printable
from grammar.suggest import did_you_mean
from grammar.vocabulary import listing

if TYPE_CHECKING:
    from engine.model.workspace import Workspace

MOST_GIVEN = 200
"""Assignments that are read; a witness of a proof has a few."""

_ASSIGNMENT = re.compile(r'((?:[^=\["]|\["(?:[^"\\]|\\.)*"\])+)=(.*)', re.DOTALL)
_PATH = re.compile(r'[A-Za-z]+(?:\.[A-Za-z0-9_-]+|\["(?:[^"\\\r\n]|\\[^\r\n])*"\])*')
_SUBJECTS = (Subject.PRODUCT, Subject.ENVIRONMENT, Subject.FLOW)
_NAMES = {Subject.PRODUCT: PRODUCT_NAME, Subject.ENVIRONMENT: ENVIRONMENT_NAME}
_KIND = Attribute(Subject.ENVIRONMENT, "kind")


@dataclass(frozen=True, slots=True)
class Given:
    """What was given, taken apart.

    Attributes:
        values: by attribute of a product or an environment, at least one each.
        flow: a declared flow's name; None where none was given.
    """

    values: Mapping[Attribute, tuple[str, ...]]
    flow: str | None = None

    def about(self, subject: Subject) -> bool:
        """Say whether something was given about a product, or about an environment."""
        return any(attribute.subject is subject for attribute in self.values)

    def name(self, subject: Subject) -> str | None:
        """Return the name that was given for a product or an environment; None for none."""
        return next(iter(self.values.get(_NAMES[subject], ())), None)

    def product(self, workspace: Workspace, name: str | None) -> Facts:
        """Return the facts of the product: what is declared under its name, with what was given over it.

        Args:
            workspace: what is declared.
            name: what the call names it besides; None for nothing.
        """
        called = self._called(Subject.PRODUCT, name)
        declared = workspace.products.get(called or "")
        return self._facts(Subject.PRODUCT, called, None if declared is None else product_facts(declared))

    def environment(self, workspace: Workspace, name: str | None) -> Facts:
        """Return the facts of the environment, as `product`; one that is not declared needs a kind."""
        called = self._called(Subject.ENVIRONMENT, name)
        declared = workspace.environments.get(called or "")
        if declared is None and _KIND not in self.values:
            fail(
                f"{_words(Subject.ENVIRONMENT, called)} is not declared, so its kind has to be given",
                "add --given environment.kind=prod or --given environment.kind=non-prod",
            )
        return self._facts(Subject.ENVIRONMENT, called, None if declared is None else environment_facts(declared))

    def _called(self, subject: Subject, name: str | None) -> str | None:
        own = self.name(subject)
        if own is not None and name is not None and own != name:
            fail(f"the {subject.value} is called `{printable(name)}` and `{printable(own)}` at once")
        return own if name is None else name

    def _facts(self, subject: Subject, called: str | None, declared: Facts | None) -> Facts:
        own = given((attribute, value) for attribute, value in self._assignments() if attribute.subject is subject)
        named = given([(_NAMES[subject], called)]) if called is not None else Facts()
        return (declared or Facts()).overlaid(named, own)

    def _assignments(self) -> Iterator[tuple[Attribute, str]]:
        return ((attribute, value) for attribute, values in self.values.items() for value in values)


def read_given(assignments: Iterable[str], flows: Iterable[str]) -> Given:
    """Read the assignments of a call.

    Args:
        assignments: such as ``product.labels.team=payments``; several for one attribute that holds several values.
        flows: the declared flows.

    Raises:
        click.exceptions.Exit: with `INVALID` for one that cannot be read, after saying what is wrong with it.
    """
    values: dict[Attribute, tuple[str, ...]] = {}
    for number, text in enumerate(assignments):
        if number >= MOST_GIVEN:
            fail(f"more than {MOST_GIVEN} facts are given")
        attribute, value = _assignment(text)
        known = values.get(attribute, ())
        if known and value not in known and not ATTRIBUTES[attribute.subject, attribute.field].many:
            fail(f"`{printable(str(attribute))}` holds one value, and is given {_listed((*known, value))}")
        if value not in known:
            values[attribute] = (*known, value)
    flow = values.pop(Attribute(Subject.FLOW, "name"), None)
    if flow is None:
        return Given(values)
    return Given(values, require_declared("flow", flow[0], flows))


def _assignment(text: str) -> tuple[Attribute, str]:
    match = _ASSIGNMENT.fullmatch(text)
    if match is None:
        fail(
            f"`{printable(text)}` gives no value", "write an attribute, `=` and its value: product.labels.team=payments"
        )
    attribute = _attribute(match[1].strip())
    value = match[2]
    spec = ATTRIBUTES[attribute.subject, attribute.field]
    words = WORDS.get(spec.type)
    if words is not None and value not in words:
        fail(
            f"`{printable(str(attribute))}` is {spec.type.value}, not `{printable(value)}`",
            printable(did_you_mean(value, words)),
        )
    if spec.type is ValueType.NAME and not value:
        fail(f"`{printable(str(attribute))}` is {spec.type.value}, and no name is empty")
    return attribute, value


def _attribute(text: str) -> Attribute:
    """Return the attribute that a path names."""
    subject, parts = _subject(text)
    fields = {field: spec for (owner, field), spec in ATTRIBUTES.items() if owner is subject}
    if not parts or parts[0] not in fields:
        paths = [f"{subject.value}.{field}{'.KEY' if spec.keyed else ''}" for field, spec in fields.items()]
        hint = did_you_mean(parts[0], fields) if parts else ""
        known = f"{subject.value}s have {listing([f'`{path}`' for path in paths], 'and')}"
        fail(f"`{printable(text)}` is not an attribute", f"{printable(hint)} {known}".strip())
    field, *key = parts
    if not fields[field].keyed:
        if key:
            fail(f"`{subject.value}.{field}` has no keys", f"write {subject.value}.{field}=VALUE")
        return Attribute(subject, field)
    if not key:
        fail(f"`{printable(text)}` does not say which", f"write {subject.value}.{field}.KEY=VALUE")
    if len(key) > 1:
        quoted = path_token((subject.value, field, ".".join(key)))
        fail(f"`{printable(text)}` has more than one key", f"write {printable(quoted)}=VALUE if that is one key")
    return Attribute(subject, field, key[0])


def _subject(text: str) -> tuple[Subject, tuple[str, ...]]:
    try:
        parts = path_parts(text) if _PATH.fullmatch(text) else ()
    except BadEscapeError as bad:
        fail(f"`{printable(text)}` has the unknown escape `{printable(bad.text)}`")
    known = [found.value for found in _SUBJECTS]
    if not parts or parts[0] not in known:
        hint = did_you_mean(parts[0], known) if parts else ""
        example = "facts are about product, environment and flow, such as product.labels.team"
        fail(f"`{printable(text)}` is not an attribute", f"{printable(hint)} {example}".strip())
    return Subject(parts[0]), parts[1:]


def _words(subject: Subject, called: str | None) -> str:
    return f"{subject.value} `{printable(called)}`" if called is not None else f"the {subject.value} that is given"


def _listed(values: Iterable[str]) -> str:
    return listing([f"`{printable(value)}`" for value in values], "and")
