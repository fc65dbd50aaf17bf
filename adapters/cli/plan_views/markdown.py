"""A plan as a comment on a pull request: what matters first, the real changes folded below."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.cli.plan_views import mermaid
from adapters.cli.plan_views.live_markdown import live_pieces
from adapters.cli.plan_views.markdown_fit import Piece, Rank, fit
from adapters.cli.plan_views.markdown_text import cell, code, cut, fenced, html_code, sentence
from adapters.cli.plan_views.wording import (
    Outlook,
    argument_text,
    causes,
    gate_text,
    outlook,
    outlook_text,
    short,
    step_versions,
    subject,
    summary,
    unseen,
    verdict,
    version_text,
)
from adapters.live.answer import Live
from engine.plan.credentials import credential_free
from engine.plan.nodes import Blocker, FileChange, Gate, HookCall, Plan, PlannedApplication, PlannedStep, WorkflowCall
from grammar.lexical import duration_token

LIMIT = 65_536
"""Characters a comment may have. Source: GitHub's API, body of an issue comment."""

_NAME = 100
_SENTENCE = 1_000
_MARKS = {
    Outlook.CHANGES: "🟩",
    Outlook.NO_CHANGES: "⬜",
    Outlook.UNSEEN: "🟪",
    Outlook.WAITS: "🟨",
    Outlook.BLOCKED: "🟥",
}
_FEWEST_LINES = 6
"""Lines of a diff that are worth showing when the rest has to be cut: its head and a little of what changes."""


def render(plan: Plan, limit: int = LIMIT, live: Live | None = None) -> str:
    """Return a plan as GitHub-flavoured Markdown, with a final line break.

    Nothing in it mentions or references anybody, whatever names and commit messages say. When it would be longer than
    a comment may be, diffs are cut from the end, then details, the picture, blockers and rows, and each cut is said.

    Args:
        plan: the dry run.
        limit: characters of the whole; the few sentences at the top are never cut.
        live: how the plan's applications stand; None where nobody asked.
    """
    plan = credential_free(plan)
    pieces = [Piece(_top(plan)), *_blockers(plan), *_notes(plan), *_table(plan)]
    pieces.append(Piece(f"{fenced(mermaid.render(plan), 'mermaid')}\n\n", Rank.PICTURE))
    pieces += live_pieces(live) if live is not None else []
    for number, step in enumerate(plan.steps):
        pieces += _step(step, f"step {number}")
    pieces.append(_release(plan))
    return fit(pieces, limit, lambda count: f"| | _{count} more are left out_ | | | | |\n")


def _top(plan: Plan) -> str:
    title = f"## Promotion of {_short_code(plan.product)}"
    title += f" along {_short_code(plan.flow)}" if plan.flow is not None else ""
    title += f" to {_short_code(plan.version)}" if plan.version is not None else ""
    lines = [title, "", f"**{summary(plan)}** {sentence(cut(verdict(plan), _SENTENCE))}"]
    if unseen(plan):
        lines[-1] += f" {sentence(cut(unseen(plan), _SENTENCE))}"
    commit = plan.trigger.commit
    if commit is not None:
        lines += ["", f"Commit {code(short(commit.sha))} {_short_code(subject(commit.message))}"]
        lines[-1] += f" by {_short_code(commit.author)}, {_short_code(commit.date)}"
    return "\n".join(lines) + "\n\n"


def _blockers(plan: Plan) -> Iterator[Piece]:
    """Yield what somebody must do before a release can run."""
    found = [*causes(plan), *(("", blocker) for blocker in plan.blockers if blocker.clears_at is not None)]
    if found:
        yield Piece("### Blockers\n\n")
    for environment, blocker in found:
        where = f"{_short_code(environment)}: " if environment else ""
        yield Piece(f"- {where}{_blocker(blocker)}\n", Rank.BLOCKER)
    if found:
        yield Piece("\n")


def _blocker(blocker: Blocker) -> str:
    text = f"**{blocker.code.value}** {sentence(blocker.message)}"
    text += f" ({code(blocker.place)})" if blocker.place else ""
    return text + (f"<br>**To unblock:** {sentence(blocker.unblock)}" if blocker.unblock else "")


def _notes(plan: Plan) -> Iterator[Piece]:
    if plan.notes:
        yield Piece(_bullets([sentence(note) for note in plan.notes]), Rank.DETAIL, "notes")


def _release(plan: Plan) -> Piece:
    """Return what is about the release as a whole, folded."""
    begins = f"begins in {code(plan.trigger.environment)}"
    if plan.trigger.application is not None:
        begins += f" with {code(plan.trigger.application)}"
    lines = [begins]
    lines += [f"{code(key)}: post-action {_call(call)}" for key, call in plan.trigger.post_actions]
    lines += [_hook(hook) for hook in plan.hooks]
    lines.append(f"times out after {duration_token(plan.timeout)}; on a newer release: {sentence(plan.concurrency)}")
    lines.append(f"planned at {code(plan.at)}")
    text = f"<details><summary>The release</summary>\n\n{_bullets(lines)}</details>\n"
    return Piece(text, Rank.DETAIL, "release")


def _table(plan: Plan) -> Iterator[Piece]:
    if not plan.steps:
        return
    yield Piece("| | Environment | After | What happens | Action | Version |\n|---|---|---|---|---|---|\n")
    for step in plan.steps:
        gates = "".join(f"<br>{gate.kind.value}: {_short_sentence(gate.text)}" for gate in step.gates)
        cells = (
            _MARKS[outlook(step)],
            f"**{_short_code(step.environment)}**<br>{_short_code(step.kind)}",
            ", ".join(_short_code(name) for name in step.after),
            _short_sentence(outlook_text(step)) + gates,
            _short_code(step.action) if step.action is not None else "not set",
            "<br>".join(_short_code(version) for version in step_versions(step, "→")[:5]),
        )
        yield Piece(f"| {' | '.join(cell(text) for text in cells)} |\n", Rank.ROW)
    yield Piece("\n")


# --- one environment ---------------------------------------------------------------------------------------


def _step(step: PlannedStep, group: str) -> Iterator[Piece]:
    """Yield an environment's folded details."""
    about = html_code(cut(step.environment, _NAME))
    state = html_code(cut(outlook_text(step), _NAME))
    head = f"<details><summary>{_MARKS[outlook(step)]} {about}: {state}</summary>\n\n"
    lines = [_blocker(blocker) for blocker in step.blockers]
    lines += [
        f"{code(setting.name)} {code(setting.value)} from {sentence(setting.origin)}"
        + (f", {code(setting.place)}" if setting.place else "")
        for setting in step.settings
    ]
    lines += [_gate(gate) for gate in step.gates]
    lines += [_hook(hook) for hook in step.hooks]
    lines += [sentence(note) for note in step.notes]
    yield Piece(f"{head}{_bullets(lines)}", Rank.DETAIL, group)
    for application in step.applications:
        yield Piece(_application(application), Rank.DETAIL, group)
        for change in application.changes:
            new = " (new file)" if change.added else ""
            yield Piece(f"{code(change.path)}{new}\n\n", Rank.DETAIL, group)
            yield _diff(change, group)
    yield Piece("</details>\n\n", Rank.DETAIL, group)


def _gate(gate: Gate) -> str:
    state = gate_text(gate)
    return f"gate {gate.kind.value}: {sentence(gate.text)}" + (f" ({sentence(state)})" if state else "")


def _application(application: PlannedApplication) -> str:
    version = version_text(application, "→")
    title = f"#### {code(application.application)}" + (f" {code(version)}" if version else "")
    lines = [_blocker(blocker) for blocker in application.blockers]
    if application.repo_url:
        where = f"{application.branch}:{application.path or '.'}"
        lines.append(f"to {code(where)} at {code(short(application.head))} of {code(application.repo_url)}")
    source = application.source
    if source is not None:
        state = f"as step {code(source.environment)} leaves it" if source.edited else f"at {code(short(source.commit))}"
        lines.append(f"from {code(source.environment)} {state}, application {code(source.application)}")
    if application.pre_action is not None:
        lines.append(f"pre-action {_call(application.pre_action)}")
    if application.post_action is not None:
        lines.append(f"post-action {_call(application.post_action)}")
    lines += [sentence(note) for note in application.notes]
    return f"{title}\n\n{_bullets(lines)}"


def _call(call: WorkflowCall) -> str:
    arguments = ", ".join(code(argument_text(argument)) for argument in call.arguments)
    text = code(call.workflow) + (f" with {arguments}" if arguments else "")
    return text if call.known else f"{text}; it is not in the workspace and is passed what it declares of these"


def _hook(hook: HookCall) -> str:
    return f"on {sentence(hook.event)} {_call(hook.call)}"


def _bullets(lines: list[str]) -> str:
    return "".join(f"- {line}\n" for line in lines) + "\n" if lines else ""


def _diff(change: FileChange, group: str) -> Piece:
    def shorten(room: int) -> str | None:
        """Return as many whole lines as fit, and how many do not."""
        lines = change.diff.removesuffix("\n").split("\n")
        note = "_{} more lines are left out, because the comment would be too long._\n\n"
        fewest, most = 0, len(lines)
        # The text grows with the lines that are kept, so the most that fit are found by halving.
        while fewest < most:
            kept = (fewest + most + 1) // 2
            text = _block(lines[:kept]) + note.format(len(lines) - kept)
            fewest, most = (kept, most) if len(text) <= room else (fewest, kept - 1)
        return _block(lines[:fewest]) + note.format(len(lines) - fewest) if fewest >= _FEWEST_LINES else None

    return Piece(_block(change.diff.removesuffix("\n").split("\n")), Rank.DIFF, group, shorten)


def _block(lines: list[str]) -> str:
    return f"{fenced(chr(10).join(lines), 'diff')}\n\n"


def _short_code(text: str) -> str:
    return code(cut(text, _NAME))


def _short_sentence(text: str) -> str:
    return sentence(cut(text, _NAME))
