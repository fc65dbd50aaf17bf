"""L309."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.edits import replaced
from engine.lint.flow_ways import Before, flow_ways
from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from grammar import nodes
from grammar.diagnostics import Diagnostic, FixSafety
from grammar.lexical import name_token
from grammar.span import Span


class RedundantAfter(Rule):
    """Environments that a step waits for anyway."""

    code = "L309"
    name = "redundant-after"
    category = Category.STYLE
    summary = "A step waits for an environment that another one it waits for already comes after"
    why = (
        "The longer way decides when the step begins, and the reader looks for a second way that is not there. It "
        "is not always the same: values are copied from the first environment after `after`, and a soak time counts "
        "in each. So the fix is one to look at."
    )
    avoid = """
environment dev { kind non-prod }

environment qa { kind non-prod }

environment staging { kind non-prod }

flow standard {
  trigger dev
  step qa      after dev
  step staging after qa, dev
}
"""
    prefer = """
environment dev { kind non-prod }

environment qa { kind non-prod }

environment staging { kind non-prod }

flow standard {
  trigger dev
  step qa      after dev
  step staging after qa
}
"""
    fix = FixSafety.UNSAFE

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the names after `after` that another one implies."""
        ways = material.shared(flow_ways)
        written = {node.name.text: node for node in material.of(nodes.Flow)}
        for flow in material.workspace.flows.values():
            for item in written[flow.name].items:
                if isinstance(item, nodes.Step) and len(item.after) > 1:
                    yield from self._step(item, ways[flow.name], material)

    def _step(self, step: nodes.Step, before: Before, material: Material) -> Iterator[Diagnostic]:
        implied = frozenset[str]().union(*(before.get(name.text, frozenset()) for name in step.after))
        kept = [name for name in step.after if name.text not in implied]
        for name in step.after:
            if name.text in implied and kept:
                span = Span(step.after[0].span.start, step.after[-1].span.end, name.span.source)
                yield self.found(
                    f"step `{step.environment.text}` waits for `{name.text}` anyway",
                    name.span,
                    help=f"leave `{name.text}` out",
                    fix=replaced(
                        material,
                        span,
                        ", ".join(name_token(other.text) for other in kept),
                        "leave out what is waited for anyway",
                        FixSafety.UNSAFE,
                    ),
                )
