"""What a run is, written down before it begins and never changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from adapters.local.running.settings import LocalSettings


@dataclass(frozen=True, slots=True)
class Record:
    """One run.

    Attributes:
        key: of the effect it is.
        name: of the run.
        template: that was asked for.
        entry: the key of its manifest.
        manifests: it and those it refers to, as they were.
        arguments: what is passed to it.
        digest: of what was asked for.
        release: the release it belongs to; empty for none.
        settings: what it may do.
        isolation: how its processes are confined.
        created: seconds since 1970.
        deadline: the same; when it must have ended.
    """

    key: str
    name: str
    template: str
    entry: str
    manifests: Mapping[str, Mapping[str, Any]]
    arguments: Mapping[str, str]
    digest: str
    release: str
    settings: LocalSettings
    isolation: str
    created: float
    deadline: float

    def text(self) -> str:
        """Return the record as JSON."""
        return json.dumps({**asdict(self), "settings": self.settings.data()}, indent=1)

    @classmethod
    def read(cls, text: str) -> Record:
        """Read what `text` returned."""
        data = json.loads(text)
        return cls(**{**data, "settings": LocalSettings.read(data["settings"])})


def digest_of(template: str, parameters: Mapping[str, str]) -> str:
    """Return what two calls with the same template and parameters have in common."""
    text = json.dumps([template, sorted(parameters.items())], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
