"""L103."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from engine.lint.condition_logic import Clause
from engine.lint.material import Asked, Material
from engine.lint.rule import Category, Rule
from engine.lint.taken_apart import TakenApart
from engine.model.attributes import Subject
from engine.model.conditions import Matching, Membership, PassedThrough
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import Facts, environment_facts, product_facts
from grammar.diagnostics import Diagnostic, Label, Severity


class ContradictsDeclaration(Rule):
    """Conditions that the declarations of what they name exclude."""

    code = "L103"
    name = "contradicts-declaration"
    category = Category.CORRECTNESS
    severity = Severity.ERROR
    summary = "A condition names a product or an environment and asks it for something its declaration excludes"
    why = (
        "The condition can only hold for what it names, and what it names is declared otherwise: a name was "
        "mistaken for another, or the declaration changed and the condition did not."
    )
    avoid = """
environment sandbox { kind non-prod }

policy reviewed-sandbox {
  when environment.name == sandbox and environment.kind == prod
  action pr
}
"""
    prefer = """
environment sandbox { kind prod }

policy reviewed-sandbox {
  when environment.name == sandbox and environment.kind == prod
  action pr
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield alternatives that name only what can never fit the rest of them."""
        sides: tuple[tuple[Subject, Any, Callable[[Any], Facts]], ...] = (
            (Subject.ENVIRONMENT, material.workspace.environments, environment_facts),
            (Subject.PRODUCT, material.workspace.products, product_facts),
        )
        apart = material.shared(TakenApart)
        for asked in material.conditions:
            for clause in apart.clauses(asked.condition) or ():
                for subject, declared, facts_of in sides:
                    yield from self._side(asked, clause, subject, declared, facts_of)

    def _side(
        self, asked: Asked, clause: Clause, subject: Subject, declared: Any, facts_of: Callable[[Any], Facts]
    ) -> Iterator[Diagnostic]:
        naming = next((one.atom for one in clause if one.positive and _names(one.atom, subject)), None)
        if not isinstance(naming, Membership) or not all(name in declared for name in naming.values):
            return
        others = [
            literal
            for literal in clause
            if not isinstance(literal.atom, PassedThrough)
            and literal.atom.attribute.subject is subject
            and not _is_name(literal.atom)
        ]
        if not others:
            return
        entities = [declared[name] for name in naming.values]
        if any(all(evaluate(o.atom, facts_of(entity)) is o.positive for o in others) for entity in entities):
            return
        first = entities[0]
        guilty = next(found for found in others if evaluate(found.atom, facts_of(first)) is not found.positive)
        names = ", ".join(f"`{entity.name}`" for entity in entities)
        yield self.found(
            f"{asked.title} names {subject.value} {names}, which is declared otherwise",
            guilty.atom.span,
            labels=[Label(first.span, f"`{first.name}` is declared here")],
            help="correct the name, the test, or the declaration",
        )


def _names(atom: object, subject: Subject) -> bool:
    return isinstance(atom, Membership) and atom.attribute.field == "name" and atom.attribute.subject is subject


def _is_name(atom: object) -> bool:
    return isinstance(atom, Membership | Matching) and atom.attribute.field in ("name", "clusters")
