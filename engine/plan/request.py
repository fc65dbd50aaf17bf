"""What a dry run is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from engine.model.entities import Setting
from engine.model.workspace import Workspace
from engine.plan.nodes import InputDigest
from engine.plan.ports import DocumentEditor, Repositories
from engine.resolve import ApplicationMap, Resolver
from grammar.span import Span


@dataclass(frozen=True, slots=True)
class FlowRequest:
    """Promote a product along a flow.

    Attributes:
        product: its name.
        flow: the flow's name.
        pinned: the commit to promote, by the key of the trigger application it touched; empty for the heads.
    """

    product: str
    flow: str
    pinned: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EnvironmentRequest:
    """Promote a product from one environment to another.

    Attributes:
        product: its name.
        source: the environment values come from.
        target: the environment they go to.
        settings: given by hand; they win over every policy.
        pinned: commits to read source applications at, by application key.
    """

    product: str
    source: str
    target: str
    settings: tuple[Setting, ...] = ()
    pinned: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything a dry run reads: the workspace, the world behind ports, and the moment.

    Attributes:
        workspace: what was declared, without errors.
        resolver: of that workspace.
        applications: which application is in which product and environment.
        repositories: reads Git.
        editor: edits documents.
        now: the plan's moment, with an offset.
        zone: finds a time zone by its IANA name.
        place: turns a span into ``file:line``.
        inputs: digests of the workspace's files.
    """

    workspace: Workspace
    resolver: Resolver
    applications: ApplicationMap
    repositories: Repositories
    editor: DocumentEditor
    now: datetime
    zone: Callable[[str], tzinfo]
    place: Callable[[Span], str]
    inputs: tuple[InputDigest, ...] = ()
