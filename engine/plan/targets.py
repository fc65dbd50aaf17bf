"""What a step does to one application."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.model.argo import Application
from engine.model.entities import Product
from engine.model.values import Action, SettingValue, Workflow
from engine.plan.calls import action_offer, call, exported_by
from engine.plan.edits import Edits, promote_files
from engine.plan.nodes import Blocker, BlockerCode, Origin, PlannedApplication, WorkflowCall
from engine.plan.ports import EditRefused
from engine.plan.request import Surroundings
from engine.plan.world import Location, NotABranchError, UnreachableError, World
from engine.resolve import Composed, compose


@dataclass(frozen=True, slots=True)
class SourceApplication:
    """The application a step's values come from, and where its files are."""

    application: Application
    environment: str
    location: Location


def plan_application(
    surroundings: Surroundings,
    world: World,
    product: Product,
    application: Application,
    source: SourceApplication | None,
    settings: Mapping[str, SettingValue],
    *,
    edit: bool,
) -> PlannedApplication:
    """Compute what a step does to one target application.

    Args:
        surroundings: what may be read.
        world: the repositories with the edits of earlier steps; receives this one's.
        product: what is promoted.
        application: the target.
        source: where the values come from; None when the step is blocked before that.
        settings: effective values by setting name.
        edit: whether the action changes Git, so that files are to be computed.
    """
    blockers: list[Blocker] = []
    notes: list[str] = []
    location = _locate(world, application, blockers, writable=edit)
    composed = compose(surroundings.workspace, product, source.application if source else application)
    notes += [
        f"templates `{tie.winner.name}` and `{tie.other.name}` of equal priority disagree on `{tie.part}`: "
        f"`{tie.winner.name}` wins by its name only"
        for tie in composed.ties
    ]
    edits = Edits()
    version_from = version_to = None
    origin = None
    if source is not None:
        origin = _origin(world, source)
        version_to = version_of(surroundings, world, source.location, composed)
    if location is not None:
        version_from = version_of(surroundings, world, location, composed)
        if application.hydrator is not None:
            notes.append("its manifests are hydrated; the change goes to the dry source")
    if edit and source is not None and location is not None:
        edits = promote_files(
            world,
            surroundings.editor,
            source.location,
            location,
            composed.files,
            surroundings.place(composed.files_origin.span),
        )
    calls, call_blockers = _calls(surroundings, application, location, settings)
    return PlannedApplication(
        application=application.key,
        repo_url=location.repo_url if location else "",
        branch=location.branch if location else "",
        path=location.folder if location else "",
        head=location.commit if location else "",
        source=origin,
        version_from=version_from,
        version_to=version_to,
        pre_action=calls[0],
        post_action=calls[1],
        changes=tuple(edits.changes),
        notes=(*notes, *edits.notes),
        blockers=(*blockers, *edits.blockers, *call_blockers),
    )


def _locate(world: World, application: Application, blockers: list[Blocker], *, writable: bool) -> Location | None:
    try:
        return world.locate(application, writable=writable)
    except UnreachableError as unreachable:
        blockers.append(unreachable_blocker(application, unreachable))
        return None


def unreachable_blocker(application: Application, unreachable: UnreachableError) -> Blocker:
    """Return the blocker for an application whose files cannot be had."""
    if isinstance(unreachable, NotABranchError):
        code = BlockerCode.NOT_A_BRANCH
    elif unreachable.repository:
        code = BlockerCode.REPOSITORY
    else:
        code = BlockerCode.UNSUPPORTED_SOURCE
    return Blocker(code, f"application `{application.key}`: {unreachable.reason}", unreachable.unblock)


def _origin(world: World, source: SourceApplication) -> Origin:
    location = source.location
    return Origin(
        application=source.application.key,
        environment=source.environment,
        repo_url=location.repo_url,
        path=location.folder,
        commit=location.commit,
        edited=world.is_edited(location),
    )


def version_of(surroundings: Surroundings, world: World, location: Location, composed: Composed) -> str | None:
    """Return the version an application's files say; None where they say none that can be read."""
    path = location.file(composed.version_source.file)
    if path is None:
        return None
    try:
        content = world.read(location, path)
    except UnreachableError:
        return None
    if content is None:
        return None
    found = surroundings.editor.value(path=path, document=content, json_path=composed.version_source.json_path)
    return None if isinstance(found, EditRefused) else found


def _calls(
    surroundings: Surroundings,
    application: Application,
    location: Location | None,
    settings: Mapping[str, SettingValue],
) -> tuple[tuple[WorkflowCall | None, WorkflowCall | None], tuple[Blocker, ...]]:
    """Return the pre-action and the post-action with their parameters."""
    templates = surroundings.workspace.workflows
    action = settings.get("action")
    action = action if isinstance(action, Action) else None
    before = after = None
    blockers: tuple[Blocker, ...] = ()
    pre, post = settings.get("pre-action"), settings.get("post-action")
    if isinstance(pre, Workflow):
        offer = action_offer(application, location, post=False, action=action)
        before, blockers = call(pre.name, templates, offer, "pre-action")
    if isinstance(post, Workflow):
        offer = action_offer(application, location, post=True, action=action)
        if isinstance(pre, Workflow):
            template = templates.get(pre.name)
            offer = exported_by(offer, template, unknown=template is None)
        after, more = call(post.name, templates, offer, "post-action")
        blockers += more
    return (before, after), blockers
