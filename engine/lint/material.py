"""What rules look at: the declarations as written, what they mean, and the texts they stand in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, TypeVar, cast

from engine.lint.options import DEFAULT_OPTIONS, Options
from engine.lint.written import parts_of
from engine.model.conditions import Bound, Condition, Matching, Membership, PassedThrough, atoms
from engine.model.workspace import Workspace
from grammar import nodes
from grammar.expressions import Expression
from grammar.span import Span

Node = TypeVar("Node")

Test = Membership | Matching | Bound | PassedThrough
"""A test in a condition."""

_new = tuple.__new__
"""Makes a named tuple in a third of the time that its class takes; there are several for each line of a workspace."""

MANIFESTS = (".yaml", ".yml", ".json")
"""How the names of texts end that are not in the language itself."""


class Asked(NamedTuple):
    """A condition and where it stands.

    Attributes:
        condition: its meaning.
        kind: what messages call its place, without the name, e.g. ``the condition of policy``.
        name: the name that follows.
        has_environment: whether it is always asked about a product and an environment, so that both have a name.
        source: the name of the text it stands in.
    """

    condition: Condition
    kind: str
    name: str
    has_environment: bool
    source: str

    @property
    def title(self) -> str:
        """Return how messages call its place, e.g. ``the condition of policy `x```."""
        return f"{self.kind} `{self.name}`"


class SettingUse(NamedTuple):
    """A setting as written, with what stands beside it.

    Attributes:
        setting: the setting.
        block: all settings of the same policy, step or trigger.
        policy: the policy; None for a step or a trigger.
        flow: the flow of the step or trigger.
        environment: the environment of the step or trigger.
        trigger: whether it is a trigger.
    """

    setting: nodes.Setting
    block: tuple[nodes.Setting, ...]
    policy: nodes.Policy | None = None
    flow: nodes.Flow | None = None
    environment: str = ""
    trigger: bool = False

    @property
    def title(self) -> str:
        """Return how messages call what it is a setting of, e.g. ``policy `x```."""
        if self.flow is None:
            return f"policy `{self.policy.name.text}`" if self.policy else ""
        return f"{'trigger' if self.trigger else 'step'} `{self.environment}` of flow `{self.flow.name.text}`"

    def beside(self, keyword: str) -> nodes.Setting | None:
        """Return the setting of a keyword in the same block."""
        return next((other for other in self.block if other.keyword == keyword), None)


class HookUse(NamedTuple):
    """A hook as written; ``environment`` is empty for one of the whole release."""

    hook: nodes.Hook
    flow: nodes.Flow
    environment: str


class Material:
    """Everything of one workspace that a rule may ask for; indexes are made when they are first used.

    Attributes:
        files: the declarations of each file, as written.
        workspace: what they mean.
        texts: the texts, by the name spans have; a manifest's text is YAML.
        options: what is configured about single rules.
    """

    def __init__(
        self,
        files: Sequence[nodes.File],
        workspace: Workspace,
        texts: Mapping[str, str],
        options: Options = DEFAULT_OPTIONS,
    ) -> None:
        """Hold what was read; O(1)."""
        self.files = files
        self.workspace = workspace
        self.texts = texts
        self.options = options
        self._kept: dict[Callable[[Material], object], object] = {}

    def shared(self, make: Callable[[Material], Node]) -> Node:
        """Return what several rules derive from the same material: made once, by the class or function given."""
        if make not in self._kept:
            self._kept[make] = make(self)
        return cast("Node", self._kept[make])

    def of(self, kind: type[Node]) -> list[Node]:
        """Return the declarations of one kind, in the order of files and of writing."""
        return cast("list[Node]", self._by_kind.get(kind, []))

    @cached_property
    def _by_kind(self) -> dict[type, list[object]]:
        found: dict[type, list[object]] = {}
        for file in self.files:
            for declaration in file.declarations:
                found.setdefault(type(declaration), []).append(declaration)
        return found

    @cached_property
    def conditions(self) -> tuple[Asked, ...]:
        """Return every condition that is written, by its meaning."""
        workspace = self.workspace
        found = [
            Asked(policy.when, "the condition of policy", policy.name, True, policy.span.source)
            for policy in workspace.policies.values()
        ]
        for template in workspace.templates.values():
            found.append(Asked(template.when, "the condition of template", template.name, False, template.span.source))
        for product in workspace.products.values():
            for use in product.flows:
                kind = f"the condition of flow `{use.flow}` in product"
                found.append(Asked(use.when, kind, product.name, False, use.span.source))
        for freeze in workspace.freezes.values():
            found.append(Asked(freeze.when, "the condition of freeze", freeze.name, True, freeze.span.source))
        for require in workspace.requires.values():
            name, source = require.name, require.span.source
            found.append(Asked(require.when, "the condition of requirement", name, True, source))
            found.append(Asked(require.that, "the `that` of requirement", name, True, source))
        for access in workspace.access.values():
            found.append(Asked(access.when, "the condition of access rule", access.name, False, access.span.source))
        return tuple(found)

    @cached_property
    def tests(self) -> tuple[Test, ...]:
        """Return every test in every condition, by its meaning; many rules walk these."""
        return tuple([test for asked in self.conditions for test in atoms(asked.condition)])

    @cached_property
    def written(self) -> tuple[tuple[nodes.Declaration, list[Expression]], ...]:
        """Return every condition as written, as its parts: the outer ones first, the whole before all.

        Each with its declaration, in the order of files and of writing.
        """
        return tuple(
            (declaration, parts_of(expression))
            for file in self.files
            for declaration in file.declarations
            for expression in written_conditions(declaration)
        )

    @cached_property
    def parts(self) -> tuple[Expression, ...]:
        """Return every condition as written and every part of it, the outer ones first; many rules walk these."""
        return tuple([part for _, parts in self.written for part in parts])

    @cached_property
    def settings(self) -> tuple[SettingUse, ...]:
        """Return every setting as written; those that tests expect are not among them."""
        found: list[SettingUse] = []
        for policy in self.of(nodes.Policy):
            block = tuple([item for item in policy.items if type(item) is nodes.Setting])
            found += [_new(SettingUse, (item, block, policy, None, "", False)) for item in block]
        for flow in self.of(nodes.Flow):
            for part in flow.items:
                if isinstance(part, nodes.Step | nodes.Trigger):
                    found += _of_step(flow, part)
        return tuple(found)

    @cached_property
    def hooks(self) -> tuple[HookUse, ...]:
        """Return every hook as written."""
        found: list[HookUse] = []
        for flow in self.of(nodes.Flow):
            for item in flow.items:
                if isinstance(item, nodes.Hook):
                    found.append(HookUse(item, flow, ""))
                elif isinstance(item, nodes.Step):
                    name = item.environment.text
                    hooks = [inner for inner in item.items if type(inner) is nodes.Hook]
                    found += [_new(HookUse, (hook, flow, name)) for hook in hooks]
        return tuple(found)


def in_manifest(span: Span) -> bool:
    """Say whether a place is in a manifest, whose text is not the language's own."""
    return span.source.endswith(MANIFESTS)


def written_conditions(declaration: nodes.Declaration) -> Iterator[Expression]:
    """Yield the conditions of a declaration as written."""
    for item in declaration.items:
        match item:
            case nodes.When() | nodes.That():
                yield item.condition
            case nodes.FlowUse(condition=condition) if condition is not None:
                yield condition


def _of_step(flow: nodes.Flow, part: nodes.Step | nodes.Trigger) -> list[SettingUse]:
    block = tuple([item for item in part.items if type(item) is nodes.Setting])
    trigger, environment = type(part) is nodes.Trigger, part.environment.text
    return [_new(SettingUse, (item, block, None, flow, environment, trigger)) for item in block]
