"""What bodies of requests hold, as they are checked."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Name = Annotated[str, Field(min_length=1, max_length=253)]
Reason = Annotated[str, Field(max_length=2000)]


class _Asked(BaseModel):
    """A request that knows all of its members and converts nothing."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Promotion(_Asked):
    """What is promoted: a product along a flow, or into one environment."""

    product: Name
    flow: Name | None = None
    to: Name | None = None
    source: Annotated[Name | None, Field(alias="from")] = None
    settings: Annotated[dict[Name, Annotated[str, Field(max_length=1000)]], Field(max_length=50)] = {}
    commit: Annotated[str | None, Field(pattern=r"^[0-9a-f]{7,64}$")] = None

    @model_validator(mode="after")
    def _either(self) -> Promotion:
        if (self.flow is None) == (self.to is None):
            raise ValueError("say either `flow` or `to`")
        if self.to is None and (self.source is not None or self.settings):
            raise ValueError("`from` and `settings` go with `to`")
        if self.source is not None and self.source == self.to:
            raise ValueError("`from` and `to` are the same")
        return self


class Wanted(_Asked):
    """What is asked of a release."""

    environment: Name | None = None
    reason: Reason = ""
