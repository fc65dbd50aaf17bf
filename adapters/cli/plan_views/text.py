"""A plan for a terminal: what a promotion would do, step by step, with the real changes.

The end of a long text is what stays on the screen, so the last lines say whether a release can run, what
must be done first if not, and how much changes.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters.cli.plan_views.live_text import live_nodes
from adapters.cli.plan_views.terminal_paint import painter
from adapters.cli.plan_views.terminal_tree import ASCII, BOX, Node, Run, cells, draw
from adapters.cli.plan_views.wording import (
    Outlook,
    argument_text,
    causes,
    gate_text,
    outlook,
    outlook_text,
    short,
    subject,
    summary,
    unseen,
    verdict,
    version_text,
)
from adapters.live.answer import Live
from engine.plan.credentials import credential_free
from engine.plan.nodes import (
    Blocker,
    FileChange,
    HookCall,
    Plan,
    PlannedApplication,
    PlannedStep,
    PlannedTrigger,
    WorkflowCall,
)
from engine.plan.ports import ValueChange
from grammar.lexical import duration_token

_LONG_LINE = 160
"""Characters of a changed line beyond which its values are listed too: nobody finds them in it."""

_WIDEST_VALUE = 32
"""Columns up to which values push all origins to the right."""

_STYLES = {
    Outlook.CHANGES: "bold green",
    Outlook.NO_CHANGES: "bold",
    Outlook.UNSEEN: "bold magenta",
    Outlook.WAITS: "bold yellow",
    Outlook.BLOCKED: "bold red",
}
_MARKS = {
    Outlook.CHANGES: "~",
    Outlook.NO_CHANGES: "=",
    Outlook.UNSEEN: "?",
    Outlook.WAITS: "‖",
    Outlook.BLOCKED: "✗",
}
_DIM = "dim"
_RED = "red"


def render(plan: Plan, console_width: int, colour: bool, *, ascii_only: bool = False, live: Live | None = None) -> str:
    """Return a plan as text for people, without a final line break.

    Args:
        plan: the dry run.
        console_width: columns at which sentences wrap; the lines of a diff never do.
        colour: whether to use ANSI colours.
        ascii_only: whether to draw guides and marks in ASCII and to escape every other character, as streams need
            that `adapters.cli.plan_views.terminal_paint.fits` says no to.
        live: how the plan's applications stand; None where nobody asked.
    """
    plan = credential_free(plan)
    paint = painter(colour, ascii_only)
    glyphs = ASCII if ascii_only else BOX
    lines: list[str] = []
    steps = (_step(step) for step in plan.steps)
    standing = live_nodes(live) if live is not None else []
    for block in (_header(plan), _trigger(plan.trigger), *steps, standing, _end(plan)):
        if block:
            lines += ([""] if lines else []) + list(draw(block, width=console_width, glyphs=glyphs, paint=paint))
    return "\n".join(lines)


# --- the parts of a plan -----------------------------------------------------------------------------------


def _header(plan: Plan) -> list[Node]:
    title = [Run("Promotion of "), Run(plan.product, "bold")]
    title += [Run(" along "), Run(plan.flow, "bold")] if plan.flow is not None else []
    title += [Run(" to "), Run(plan.version, "bold")] if plan.version is not None else []
    rows = []
    commit = plan.trigger.commit
    if commit is not None:
        rows.append(("commit", [Run(short(commit.sha), "yellow"), Run(" "), Run(subject(commit.message), "bold")]))
        rows.append(("", [Run(f"{commit.author}, {commit.date}", _DIM)]))
    begins = f"in {plan.trigger.environment}"
    if plan.trigger.application is not None:
        begins += f" with {plan.trigger.application}"
    rows.append(("begins", [Run(begins)]))
    limits = f"times out after {duration_token(plan.timeout)}; on a newer release: {plan.concurrency}"
    rows.append(("release", [Run(limits)]))
    rows.append(("planned", [Run(plan.at)]))
    nodes = [Node(tuple(title))]
    nodes += [Node((Run(f"  {name:<9}", _DIM), *runs), hang=11) for name, runs in rows]
    nodes += [_hook(hook, "  ") for hook in plan.hooks]
    nodes += [_note(note, "  ") for note in plan.notes]
    return nodes + [_blocker(blocker) for blocker in plan.blockers]


def _trigger(trigger: PlannedTrigger) -> list[Node]:
    """Return what runs in the trigger environment, which is never committed to."""
    if not trigger.post_actions:
        return []
    calls = tuple(
        Node((Run(application, "bold"),), (_call("post-action", call),)) for application, call in trigger.post_actions
    )
    return [Node((Run("● "), Run(trigger.environment, "bold"), Run("  where the release begins", _DIM)), calls)]


def _step(step: PlannedStep) -> list[Node]:
    style = _STYLES[outlook(step)]
    about = [step.kind]
    if step.after:
        about.append(f"after {', '.join(step.after)}")
    if step.place:
        about.append(step.place)
    head = (
        Run(f"{_MARKS[outlook(step)]} {step.environment}", style),
        Run(f"  {outlook_text(step)}", style.removeprefix("bold ")),
        Run(f"  {', '.join(about)}", _DIM),
    )
    children = [_blocker(blocker) for blocker in step.blockers]
    children += _settings(step)
    children += _gates(step)
    children += [_hook(hook) for hook in step.hooks]
    children += [_note(note) for note in step.notes]
    children += [_application(application) for application in step.applications]
    return [Node(head, tuple(children))]


def _settings(step: PlannedStep) -> list[Node]:
    rows = [(setting.name, setting.value, _origin(setting.origin, setting.place)) for setting in step.settings]
    if step.action is None:
        rows.append(("action", "none is set", ""))
    names = max((cells(name) for name, _, _ in rows), default=0)
    values = min(_WIDEST_VALUE, max((cells(value) for _, value, _ in rows), default=0))
    return [
        Node(
            (
                Run(f"{name}{' ' * (names - cells(name) + 2)}"),
                Run(value, "bold"),
                Run(f"{' ' * max(0, values - cells(value))}  {origin}", _DIM),
            )
        )
        for name, value, origin in rows
    ]


def _origin(origin: str, place: str) -> str:
    return ", ".join(part for part in (origin, place) if part)


def _gates(step: PlannedStep) -> list[Node]:
    styles = {True: "green", False: "yellow", None: "cyan"}
    return [
        Node(
            (
                Run(f"gate {gate.kind.value}  "),
                Run(gate.text, styles[gate.open_now]),
                Run(f"  {gate_text(gate)}" if gate_text(gate) else "", _DIM),
            )
        )
        for gate in step.gates
    ]


def _application(application: PlannedApplication) -> Node:
    version = version_text(application, "→")
    head = (Run(application.application, "bold"), Run(f"  {version}" if version else "", "cyan"))
    children = [_blocker(blocker) for blocker in application.blockers]
    if application.repo_url:
        where = f"{application.branch}:{application.path or '.'}"
        children.append(
            Node((Run("to    "), Run(where), Run(f" @ {short(application.head)}  {application.repo_url}", _DIM)))
        )
    source = application.source
    if source is not None:
        state = f" (as step {source.environment} leaves it)" if source.edited else f" @ {short(source.commit)}"
        children.append(
            Node((Run("from  "), Run(f"{source.environment}{state}"), Run(f"  {source.application}", _DIM)))
        )
    if application.pre_action is not None:
        children.append(_call("pre-action", application.pre_action))
    if application.post_action is not None:
        children.append(_call("post-action", application.post_action))
    children += [_note(note) for note in application.notes]
    children += [_file(change) for change in application.changes]
    return Node(head, tuple(children))


def _file(change: FileChange) -> Node:
    head = (
        Run("+ " if change.added else "~ ", "bold green" if change.added else "bold yellow"),
        Run(change.path, "bold"),
        Run("  new file" if change.added else "", _DIM),
    )
    lines = change.diff.removesuffix("\n").split("\n")
    values: list[Node] = []
    if any(len(line) > _LONG_LINE for line in lines):
        values = [_value(value) for value in change.values]
    diff = [Node((Run(line, _diff_style(line)),), branch=False, verbatim=True) for line in lines]
    return Node(head, (*values, *diff))


def _value(value: ValueChange) -> Node:
    change = f"{value.before or 'none'} → {value.after or 'none'}"
    return Node((Run(f"{value.path}: "), Run(change, "cyan")), branch=False)


def _diff_style(line: str) -> str:
    if line.startswith(("--- ", "+++ ")):
        return "bold"
    return {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], _DIM)


def _call(role: str, call: WorkflowCall) -> Node:
    arguments = [Run(f"  {argument_text(argument)}", _DIM) for argument in call.arguments]
    unknown = "" if call.known else "  (not in the workspace: it is passed what it declares of these)"
    return Node((Run(f"{role} "), Run(call.workflow, "bold"), *arguments, Run(unknown, "yellow")))


def _hook(hook: HookCall, indent: str = "") -> Node:
    return _indented(indent, _call(f"on {hook.event}", hook.call))


def _note(note: str, indent: str = "") -> Node:
    return _indented(indent, Node((Run("note: ", "yellow"), Run(note)), hang=6))


def _indented(indent: str, node: Node) -> Node:
    return Node((Run(indent), *node.runs), node.children, hang=node.hang + len(indent)) if indent else node


def _blocker(blocker: Blocker) -> Node:
    style = _RED if blocker.clears_at is None else "yellow"
    mark = "✗" if blocker.clears_at is None else "‖"
    below = []
    if blocker.place:
        below.append(Node((Run(f"at {blocker.place}", _DIM),), branch=False))
    if blocker.unblock:
        below.append(Node((Run("to unblock: ", "bold"), Run(blocker.unblock)), branch=False))
    head = (Run(f"{mark} {blocker.code.value} ", f"bold {style}"), Run(blocker.message, style))
    return Node(head, tuple(below))


def _end(plan: Plan) -> list[Node]:
    """Return what must still be on the screen when everything else has scrolled away."""
    nodes: list[Node] = []
    if not plan.applyable:
        nodes.append(Node((Run(verdict(plan), "bold red"),)))
        nodes += list(_causes(plan))
    elif not plan.no_op:
        nodes.append(Node((Run(verdict(plan)),)))
    if unseen(plan):
        nodes.append(Node((Run(unseen(plan), "magenta"),)))
    return [*nodes, Node((Run(summary(plan), "bold"),))]


def _causes(plan: Plan) -> Iterator[Node]:
    for environment, blocker in causes(plan):
        where = f"{environment}: " if environment else ""
        runs = (Run("  ✗ ", "bold red"), Run(where, "bold"), Run(f"{blocker.message} ({blocker.code.value})"))
        yield Node(runs, hang=4)
        if blocker.unblock:
            yield Node((Run("    to unblock: ", "bold"), Run(blocker.unblock)), hang=6)
