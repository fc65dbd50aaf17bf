"""`promo explain`: why a pair is set as it is, and why a commit triggers the flow it does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from adapters.cli.completion.names import environments, flows, products
from adapters.cli.documented import DocumentedCommand
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail, stop_on_errors, wants_colour
from adapters.cli.workspace_option import open_workspace, workspace_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.cli.commit_trigger import FoundCommit
    from adapters.workspace import Loaded
    from engine.plan.triggered import Triggered
    from engine.resolve.explain import Explanation, SettingReasoning
    from engine.resolve.flow_choice import FlowChoice, Tried
    from engine.resolve.reasons import Reason

_SHOWN = 25
"""Policies that do not match shown at most without `--all`."""


@click.command(
    "explain", cls=DocumentedCommand, short_help="Show why: which policy set what, which flow a commit triggers."
)
@workspace_option
@click.argument("product", required=False, shell_complete=products)
@click.argument("environment", required=False, shell_complete=environments)
@click.option("-f", "--flow", metavar="NAME", shell_complete=flows, help="With the inline settings of this flow.")
@click.option("--commit", metavar="REV", help="Explain which flows this commit of an application repository triggers.")
@click.option(
    "--repo",
    "repository",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="With --commit: a checkout of that repository; otherwise the current folder's.",
)
@click.option("--all", "everything", is_flag=True, help="Show every policy that does not match, however many.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def command(
    folder: Path | None,
    product: str | None,
    environment: str | None,
    flow: str | None,
    commit: str | None,
    repository: Path | None,
    everything: bool,
    form: str,
) -> int:
    """Show the reasoning, with the file and line of everything that took part.

    Of a product and an environment: who set each setting, whom they beat, and why every other policy does not
    match. Of a commit: which flow it triggers, and why not the others.

    \b
    Examples:
      promo explain trio prod-eu
      promo explain trio prod-eu --flow hotfix
      promo explain --commit HEAD
      promo explain trio --commit v1.2.0 --repo ../deploy

    Exit codes: 0 done, 2 invalid input.
    """
    if commit is not None:
        if environment is not None or flow is not None:
            fail("--commit finds flow and environment itself", "say only --commit REV, or PRODUCT --commit REV")
        _explain_commit(open_workspace(folder), product, commit, repository, form)
        return ExitCode.DONE
    if product is None or environment is None:
        fail("say what to explain", "promo explain PRODUCT ENVIRONMENT, or promo explain --commit REV")
    if repository is not None:
        fail("--repo goes with --commit")
    loaded = open_workspace(folder)
    explanation = _explanation(loaded, product, environment, flow)
    if form == "json":
        _print_json(_pair_data(explanation, loaded))
    else:
        _print_pair(explanation, loaded, everything=everything)
    return ExitCode.DONE


def _explanation(loaded: Loaded, product: str, environment: str, flow: str | None) -> Explanation:
    """Return the reasoning of a pair whose names are declared."""
    from adapters.cli.declared_names import require_declared
    from engine.resolve.explain import explain_pair
    from engine.resolve.resolver import Resolver
    from grammar.vocabulary import listing

    workspace = loaded.workspace
    require_declared("product", product, workspace.products)
    require_declared("environment", environment, workspace.environments)
    if flow is not None:
        declared = workspace.flows[require_declared("flow", flow, workspace.flows)]
        if declared.step(environment) is None:
            steps = listing([f"`{step.environment}`" for step in declared.steps], "and")
            fail(f"flow `{flow}` has no step into `{environment}`", f"its steps are {steps}")
    return explain_pair(Resolver(workspace), product, environment, flow)


# --- a pair, for people ------------------------------------------------------------------------------


def _print_pair(explanation: Explanation, loaded: Loaded, *, everything: bool) -> None:
    from engine.model.values import written

    flow = f" in flow {explanation.flow}" if explanation.flow else ""
    _say(f"{explanation.product} -> {explanation.environment}{flow}", bold=True)
    for reasoning in explanation.settings:
        click.echo()
        _say(f"{reasoning.name} {written(reasoning.winner.value)}", bold=True)
        _table(_setting_rows(reasoning, loaded))
    if explanation.unset:
        click.echo()
        _say(f"nothing sets {', '.join(explanation.unset)}")
    if "action" in explanation.unset:
        _say("no policy sets `action` here, so nothing can be promoted")
    _print_matched(explanation, loaded)
    _print_unmatched(explanation, loaded, everything=everything)


def _setting_rows(reasoning: SettingReasoning, loaded: Loaded) -> list[tuple[str, ...]]:
    """Return the winner and the losers of a setting, with their places."""
    from adapters.cli.decision_words import place
    from engine.model.values import written
    from engine.resolve.origin_words import origin_words

    origin = reasoning.winner.origin
    rows: list[tuple[str, ...]] = [("set by", origin_words(origin), "", place(origin.span, loaded.sources))]
    for loser in reasoning.losers:
        verb = "ties with" if loser in reasoning.ties else "over"
        note = f"sets {written(loser.value)}" + ("; the first name wins" if loser in reasoning.ties else "")
        rows.append((verb, origin_words(loser.origin), note, place(loser.origin.span, loaded.sources)))
    return rows


def _print_matched(explanation: Explanation, loaded: Loaded) -> None:
    from adapters.cli.decision_words import place

    if not explanation.matched:
        click.echo()
        _say("no policy matches")
        return
    click.echo()
    _say("policies that match, best first", bold=True)
    winners = [getattr(reasoning.winner.origin, "policy", None) for reasoning in explanation.settings]
    rows = []
    for policy in explanation.matched:
        won = winners.count(policy.name)
        note = f"decides {won} of {len(policy.settings)}" if policy.settings else "sets nothing"
        rows.append((policy.name, f"priority {policy.priority}", note, place(policy.span, loaded.sources)))
    _table(rows)


def _print_unmatched(explanation: Explanation, loaded: Loaded, *, everything: bool) -> None:
    from adapters.cli.decision_words import place

    if not explanation.unmatched:
        return
    click.echo()
    _say("policies that do not match", bold=True)
    shown = explanation.unmatched if everything else explanation.unmatched[:_SHOWN]
    rows: list[tuple[str, ...]] = []
    for found in shown:
        policy = found.policy
        for number, reason in enumerate(found.reasons):
            head = (policy.name, f"priority {policy.priority}") if number == 0 else ("", "")
            rows.append(
                (*head, reason.message, place(reason.span, loaded.sources) or place(policy.span, loaded.sources))
            )
    _table(rows)
    if len(shown) < len(explanation.unmatched):
        _say(f"  and {len(explanation.unmatched) - len(shown)} more; `--all` shows them")


def _table(rows: Sequence[tuple[str, ...]]) -> None:
    from adapters.cli.decision_words import columns
    from grammar.render import printable

    for line in columns([tuple(map(printable, row)) for row in rows], indent="  "):
        click.echo(line)


def _say(text: str, *, bold: bool = False) -> None:
    from grammar.render import printable

    text = printable(text)
    click.echo(click.style(text, bold=True) if bold and wants_colour(sys.stdout) else text)


# --- a commit --------------------------------------------------------------------------------------


def _explain_commit(loaded: Loaded, product: str | None, revision: str, repository: Path | None, form: str) -> None:
    from datetime import UTC, datetime

    from adapters.cli.commit_trigger import find_commit
    from adapters.cli.declared_names import require_declared
    from adapters.cli.surroundings import open_repositories, surroundings_of

    if product is not None:
        require_declared("product", product, loaded.workspace.products)
    with open_repositories(loaded, {}, fetch=False) as repositories:
        surroundings = surroundings_of(loaded, repositories, datetime.now(UTC))
        stop_on_errors(surroundings.applications.diagnostics, loaded.sources)
        found = find_commit(surroundings, repositories, revision, repository)
    triggered = [one for one in found.triggered if product in (None, one.product)]
    if form == "json":
        _print_json(_commit_data(found, triggered, loaded))
    else:
        _print_commit(found, triggered, product, loaded)


def _print_commit(found: FoundCommit, triggered: list[Triggered], product: str | None, loaded: Loaded) -> None:
    subject = found.commit.message.partition("\n")[0]
    _say(f"commit {found.sha[:12]} {subject}", bold=True)
    _table(
        [
            ("author", found.facts.author),
            ("branches", ", ".join(found.facts.branches) or "none"),
            ("tags", ", ".join(found.facts.tags) or "none"),
            ("changed", f"{len(found.paths)} file{'s' if len(found.paths) != 1 else ''}"),
        ]
    )
    if not triggered:
        of = f"of product `{product}`" if product else "of any product"
        click.echo()
        _say(f"it touches no application {of} in any environment, so it triggers nothing")
    for one in triggered:
        _print_triggered(one, loaded)


def _print_triggered(triggered: Triggered, loaded: Loaded) -> None:
    choice = triggered.choice
    click.echo()
    result = f"flow {choice.flow} is triggered" if choice.flow else "no flow is triggered"
    _say(f"{triggered.product}: {result}", bold=True)
    _table([("touches", f"{one.application.key} in {one.environment}", _some(one.paths)) for one in triggered.touched])
    rows: list[tuple[str, ...]] = []
    for number, tried in enumerate(choice.tried, 1):
        for line, reason in enumerate(_tried(tried, choice)):
            head = (f"{number}.", tried.use.flow) if line == 0 else ("", "")
            rows.append((*head, reason.message, _place_of(reason, tried, loaded)))
    if rows:
        _table(rows)
    else:
        _say("  the product has no flows")


def _some(paths: tuple[str, ...]) -> str:
    return paths[0] + (f" and {len(paths) - 1} more" if len(paths) > 1 else "")


def _tried(tried: Tried, choice: FlowChoice) -> tuple[Reason, ...]:
    """Return what there is to say of a flow: why it is not triggered, or that it is."""
    from engine.resolve.reasons import Reason

    if tried.reasons:
        return tried.reasons
    if tried.use.flow == choice.flow:
        return (Reason("is triggered: the first whose conditions all hold"),)
    return (Reason(f"would hold too, but `{choice.flow}` stands before it"),)


def _place_of(reason: Reason, tried: Tried, loaded: Loaded) -> str:
    from adapters.cli.decision_words import place

    return place(reason.span, loaded.sources) or place(tried.use.span, loaded.sources)


# --- for machines ----------------------------------------------------------------------------------


def _print_json(data: dict[str, Any]) -> None:
    import json

    click.echo(json.dumps(data, indent=2))


def _pair_data(explanation: Explanation, loaded: Loaded) -> dict[str, Any]:
    from adapters.cli.decision_words import effective_data, place_data, reason_data

    sources = loaded.sources
    return {
        "product": explanation.product,
        "environment": explanation.environment,
        "flow": explanation.flow,
        "settings": {
            reasoning.name: {
                "winner": effective_data(reasoning.winner, sources),
                "losers": [effective_data(loser, sources) for loser in reasoning.losers],
                "ties": [effective_data(tie, sources) for tie in reasoning.ties],
            }
            for reasoning in explanation.settings
        },
        "unset": list(explanation.unset),
        "matched": [
            {"policy": policy.name, "priority": policy.priority, **place_data(policy.span, sources)}
            for policy in explanation.matched
        ],
        "unmatched": [
            {
                "policy": found.policy.name,
                "priority": found.policy.priority,
                **place_data(found.policy.span, sources),
                "reasons": [reason_data(reason, sources) for reason in found.reasons],
            }
            for found in explanation.unmatched
        ],
    }


def _commit_data(found: FoundCommit, triggered: list[Triggered], loaded: Loaded) -> dict[str, Any]:
    from adapters.cli.decision_words import place_data, reason_data

    return {
        "commit": found.sha,
        "message": found.commit.message,
        "author": found.facts.author,
        "branches": list(found.facts.branches),
        "tags": list(found.facts.tags),
        "changed": list(found.paths),
        "products": [
            {
                "product": one.product,
                "flow": one.choice.flow,
                "own_commit": one.choice.own_commit,
                "touched": [
                    {
                        "application": touched.application.key,
                        "environment": touched.environment,
                        "paths": list(touched.paths),
                    }
                    for touched in one.touched
                ],
                "tried": [
                    {
                        "flow": tried.use.flow,
                        "matched": tried.matched,
                        **place_data(tried.use.span, loaded.sources),
                        "reasons": [reason_data(reason, loaded.sources) for reason in tried.reasons],
                    }
                    for tried in one.choice.tried
                ],
            }
            for one in triggered
        ],
    }
