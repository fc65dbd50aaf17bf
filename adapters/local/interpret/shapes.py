"""A workflow template that can be run: what is left of the manifest once everything else was refused.

Texts may hold tags; nothing is filled in yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.local.interpret.depends import Depends


@dataclass(frozen=True, slots=True)
class Input:
    """A parameter that a template takes, with what it is where nothing is passed; None where something must be."""

    name: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A parameter that a template gives.

    Attributes:
        name: within the template.
        path: of the file it is read from; empty for none.
        value: what it is; for composed templates a tag. Empty for none.
        default: what it is where there is no file, or nothing to fill the tag.
        global_name: its name in the workflow; empty for none.
    """

    name: str
    path: str = ""
    value: str = ""
    default: str | None = None
    global_name: str = ""


@dataclass(frozen=True, slots=True)
class Process:
    """A ``container`` or a ``script``.

    Attributes:
        image: what it runs in.
        command: the program; of a script its interpreter.
        args: its arguments.
        source: the script; None for a container.
        environment: variables.
        folder: where it begins; empty for the default.
        referred: variables whose values are kept in the cluster; here they come from outside under the same name.
    """

    image: str
    command: tuple[str, ...]
    args: tuple[str, ...]
    source: str | None
    environment: tuple[tuple[str, str], ...]
    folder: str = ""
    referred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suspend:
    """A pause: for a duration, or until somebody says so."""

    duration: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A step or a task.

    Attributes:
        name: of the step.
        owner: the manifest whose template it is, a key of the program.
        template: its name there.
        arguments: what is passed.
        when: a condition; empty for always.
        items: what it is done for; None for once. Or `items_from`, a text that is a JSON list once filled.
        count: of a sequence: start, end and count, as texts; None for none.
        continue_failed: whether a failure does not matter.
        continue_error: the same for an error.
        depends: of a task.
        place: where it stands, for messages.
    """

    name: str
    owner: str
    template: str
    arguments: tuple[tuple[str, str], ...] = ()
    when: str = ""
    items: tuple[Any, ...] | None = None
    items_from: str = ""
    sequence: Mapping[str, str] | None = None
    continue_failed: bool = False
    continue_error: bool = False
    depends: Depends | None = None
    place: str = ""

    @property
    def repeated(self) -> bool:
        """Whether it is done for each of some items."""
        return self.items is not None or bool(self.items_from) or self.sequence is not None


@dataclass(frozen=True, slots=True)
class Steps:
    """Groups, one after the other; what is in a group runs at once."""

    groups: tuple[tuple[Call, ...], ...]


@dataclass(frozen=True, slots=True)
class Dag:
    """Tasks, each once those it depends on have ended.

    Attributes:
        tasks: in the order written.
        fail_fast: whether nothing new is begun once a target has failed.
        targets: the tasks that count; empty for those that nothing depends on.
    """

    tasks: tuple[Call, ...]
    fail_fast: bool = True
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Retry:
    """How often something is tried again.

    Attributes:
        limit: tries after the first; None for no limit. May hold a tag.
        policy: ``OnFailure``, ``OnError`` or ``Always``.
        duration: the first pause; empty for none.
        factor: by which pauses grow.
        cap: the longest pause; empty for none.
        most: time after which nothing is tried again; empty for none.
    """

    limit: str | None = None
    policy: str = "OnFailure"
    duration: str = ""
    factor: str = ""
    cap: str = ""
    most: str = ""


Body = Process | Suspend | Steps | Dag


@dataclass(frozen=True, slots=True)
class Template:
    """One template of a manifest.

    Attributes:
        name: its name.
        owner: the manifest it is in, a key of the program.
        body: what it does.
        inputs: what it takes.
        outputs: what it gives.
        retry: whether it is tried again.
        timeouts: limits of its time, as texts: seconds, or a duration.
        parallelism: how many of its children run at once; 0 for no limit.
        place: where it stands, for messages.
    """

    name: str
    owner: str
    body: Body
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    retry: Retry | None = None
    timeouts: tuple[str, ...] = ()
    parallelism: int = 0
    place: str = ""


@dataclass(frozen=True, slots=True)
class Program:
    """Everything a run may need.

    Attributes:
        entry: owner and name of the first template.
        exit: owner and name of the exit handler, or None.
        templates: by owner and name; those that can be reached.
        parameters: of the workflow.
        deadline: seconds the workflow may take, as text; empty for none.
        parallelism: how many processes run at once; 0 for no limit.
        namespace: of the manifest.
        notes: what is in the manifests and has no meaning on this machine.
    """

    entry: tuple[str, str]
    exit: tuple[str, str] | None
    templates: Mapping[tuple[str, str], Template]
    parameters: tuple[Input, ...] = ()
    deadline: str = ""
    parallelism: int = 0
    namespace: str = ""
    service_account: str = ""
    notes: tuple[str, ...] = field(default=())
