"""The shape of a Workflow and of a WorkflowTemplate on the wire: what is read of them, open to everything else.

Every field may be missing or null, because servers of different versions leave out different ones; one that is there
has to be of its type.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from adapters.remote.shape import OPEN, Items, Text, Texts

_Value = Annotated[str | None, BeforeValidator(lambda given: str(given) if isinstance(given, int | float) else given)]


class Shape(BaseModel):
    """A mapping of which some keys are known."""

    model_config = OPEN


class Parameter(Shape):
    """A parameter; in templates its value and its default may be numbers."""

    name: Text = ""
    value: _Value = None
    default: _Value = None
    value_from: dict[str, Any] | None = None
    global_name: Text = ""

    @property
    def has_value(self) -> bool:
        """Whether it need not be given."""
        return self.value is not None or self.default is not None or self.value_from is not None


class Parameters(Shape):
    """What holds parameters: arguments, inputs and outputs."""

    parameters: Items[Parameter] = []


class Node(Shape):
    """A node of a workflow."""

    id: Text = ""
    name: Text = ""
    display_name: Text = ""
    type: Text = ""
    phase: Text = ""
    message: Text = ""
    template_name: Text = ""
    template_ref: dict[str, Any] | None = None
    finished_at: Text = ""
    outputs: Parameters | None = None


class Metadata(Shape):
    """What every object has."""

    name: Text = ""
    namespace: Text = ""
    uid: Text = ""
    labels: Texts = {}
    annotations: Texts = {}


class Status(Shape):
    """How a workflow stands."""

    phase: Text = ""
    message: Text = ""
    outputs: Parameters | None = None
    nodes: Annotated[dict[str, Node], BeforeValidator(lambda given: {} if given is None else given)] = {}
    compressed_nodes: Text = ""
    offload_node_status_version: Text = ""


_Status = Annotated[Status, BeforeValidator(lambda given: {} if given is None else given)]


class Workflow(Shape):
    """A workflow."""

    metadata: Metadata
    status: _Status = Field(default_factory=Status)


class EntryTemplate(Shape):
    """A template inside a workflow template."""

    name: Text = ""
    inputs: Parameters | None = None


class TemplateSpec(Shape):
    """What a workflow template says."""

    entrypoint: Text = ""
    arguments: Parameters | None = None
    templates: Items[EntryTemplate] = []


class WorkflowTemplate(Shape):
    """A workflow template."""

    metadata: Metadata
    spec: TemplateSpec
