"""V701: steps that never begin, or never succeed, for reasons the flow alone does not show.

The model refuses flows whose order is broken. What is left: waits that are together longer than the flow's timeout,
and steps that cannot succeed for a product, behind which nothing begins. Source: domain, running a release.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.model.entities import DEFAULT_TIMEOUT, Flow, Product, Setting
from engine.model.values import Action, NoWorkflow, Seconds
from engine.resolve import ApplicationMap, Decision
from engine.verify.context import Check, Context, Holds, Outcome
from engine.verify.finding import Finding
from engine.verify.flow_paths import environment_bits, flow_paths
from engine.verify.verdict import Proved
from grammar.diagnostics import Severity
from grammar.lexical import duration_token
from grammar.span import Span
from grammar.vocabulary import listing

_SHOWN = 3
"""Names that are listed before the rest is counted."""


@dataclass(frozen=True, slots=True)
class _Stop:
    """Why a step of a flow never begins, or never succeeds.

    Attributes:
        environment: the step's.
        message: after "step `qa` of flow `standard`".
        alone: whether nothing else reports it, so that it counts even with no step behind it.
        help: what to do.
    """

    environment: str
    message: str
    alone: bool
    help: str


def _run(context: Context) -> Iterator[Outcome]:
    workspace = context.questions.workspace
    applications = ApplicationMap(workspace)
    users: dict[str, list[Product]] = {}
    for product in workspace.products.values():
        for name in dict.fromkeys(use.flow for use in product.flows):
            users.setdefault(name, []).append(product)
    for flow in workspace.flows.values():
        # What is written in the flow holds for every product; what policies and applications add, for some.
        always = _waits(flow, {step.environment: _soak(step.settings) for step in flow.steps})
        stops: dict[_Stop, list[str]] = {stop: [] for stop in always}
        for product in users.get(flow.name, ()):
            for stop in _stops(context, applications, flow, product, {stop.environment for stop in always}):
                stops.setdefault(stop, []).append(product.name)
        found = [finding for stop, products in stops.items() if (finding := _finding(flow, stop, products)) is not None]
        yield from found
        if not found:
            yield Holds(CHECK.code, flow.name)


def _stops(
    context: Context, applications: ApplicationMap, flow: Flow, product: Product, known: set[str]
) -> Iterator[_Stop]:
    """Yield what keeps a product's change from getting on, but for waits that are known to be too long."""
    resolver = context.questions.resolver
    decisions = {
        step.environment: resolver.decide(product.name, step.environment, inline=step.settings, flow=flow.name)
        for step in flow.steps
    }
    placed = bool(applications.of(product.name, flow.trigger))
    for step in flow.steps:
        if placed and not applications.of(product.name, step.environment):
            yield _Stop(
                step.environment,
                "never succeeds: the product has no application there",
                True,
                f"add one whose destination is in `{step.environment}`, or leave the step out of the product's flow",
            )
        elif (why := _no_action(decisions[step.environment])) is not None:
            yield _Stop(
                step.environment, f"never succeeds: {why}", False, "set an action, or a pre-action to do the work"
            )
    waits = {environment: _soak_of(decision) for environment, decision in decisions.items()}
    for stop in _waits(flow, waits):
        if stop.environment not in known:
            yield stop


def _no_action(decision: Decision) -> str | None:
    """Return why nothing would be done in a step; None when something would. V301 and V302 report the step itself."""
    action = decision.value("action")
    if action is None:
        return "no policy sets an action"
    if action is Action.NONE and isinstance(decision.value("pre-action"), NoWorkflow | None):
        return "its action is `none`, and no pre-action does the work"
    return None


def _soak(settings: tuple[Setting, ...]) -> int:
    return next((setting.value.count for setting in settings if isinstance(setting.value, Seconds)), 0)


def _soak_of(decision: Decision) -> int:
    value = decision.value("soak")
    return value.count if isinstance(value, Seconds) else 0


def _waits(flow: Flow, soaks: Mapping[str, int]) -> list[_Stop]:
    """Return the steps before which the soaks on the way, one after another, last until the release is terminated.

    Only the first ones on each way: what is behind them does not begin either.
    """
    limit = DEFAULT_TIMEOUT if flow.timeout is None else flow.timeout
    steps = {step.environment: step for step in flow.steps}
    begins = {flow.trigger: 0}
    late: list[_Stop] = []
    for environment in flow_paths(flow, environment_bits([flow])).before:
        after = steps[environment].after if environment in steps else ()
        if environment == flow.trigger or any(name not in begins for name in after):
            continue
        at = max(begins[name] for name in after) + soaks[environment]
        if at < limit:
            begins[environment] = at
            continue
        late.append(
            _Stop(
                environment,
                f"never begins: the soaks up to it last {duration_token(at)}, and the release is terminated after "
                f"{duration_token(limit)}",
                True,
                f"shorten the soaks, or give the flow a timeout of more than {duration_token(at)}",
            )
        )
    return late


def _finding(flow: Flow, stop: _Stop, products: list[str]) -> Finding | None:
    behind = _behind(flow, stop)
    if not behind and not stop.alone:
        return None
    cut_off = f"; so {_listed(behind)} never {'begins' if len(behind) == 1 else 'begin'}" if behind else ""
    whose = f" for {'product' if len(products) == 1 else 'products'} {_listed(products)}" if products else ""
    return Finding(
        CHECK.code,
        CHECK.severity,
        f"step `{stop.environment}` of flow `{flow.name}`{whose} {stop.message}{cut_off}",
        "/".join((flow.name, stop.environment, *products[:1])),
        _span(flow, stop.environment),
        (),
        stop.help,
        Proved(),
    )


def _behind(flow: Flow, stop: _Stop) -> list[str]:
    """Return the steps that a change cannot reach without a step that never succeeds."""
    reached = flow_paths(flow, environment_bits([flow]), frozenset({stop.environment})).before
    return [step.environment for step in flow.steps if step.environment not in reached]


def _span(flow: Flow, environment: str) -> Span:
    step = flow.step(environment)
    return flow.span if step is None else step.span


def _listed(names: list[str]) -> str:
    shown = [f"`{name}`" for name in names[:_SHOWN]]
    return listing([*shown, f"{len(names) - _SHOWN} more"] if len(names) > _SHOWN else shown, "and")


CHECK = Check(
    "V701",
    "step-never-reached",
    Severity.ERROR,
    "A step that never begins or never succeeds, and what is cut off behind it.",
    _run,
)
