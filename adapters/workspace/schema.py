"""The shape of `promo.toml`: every key that something reads, and nothing else."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from adapters.store.setting import read_setting
from adapters.workspace.configuration import DEFAULT_SOURCES
from adapters.workspace.forges_schema import Forges
from adapters.workspace.patterns import pattern_problem
from adapters.workspace.runtimes_schema import Runtimes
from adapters.workspace.service_schema import Person, ServiceTable
from grammar.lexical import duration_seconds
from grammar.suggest import did_you_mean

_DURATION = re.compile(r"(?=[0-9])(?:[0-9]{1,4}d)?(?:[0-9]{1,6}h)?(?:[0-9]{1,6}m)?(?:[0-9]{1,6}s)?")
_LONGEST = 86_400


def _pattern(text: str) -> str:
    problem = pattern_problem(text)
    if problem:
        raise ValueError(f"the pattern `{text}` {problem}")
    return text


def _duration(text: str) -> str:
    if not _DURATION.fullmatch(text):
        raise ValueError(f"`{text}` is not a duration such as `60s` or `2m`")
    return text


def _timeout(text: str) -> str:
    if not 0 < duration_seconds(_duration(text)) <= _LONGEST:
        raise ValueError("the timeout must be more than nothing and at most a day")
    return text


def _keeping(text: str) -> str:
    # Less would remove a run that its release has not looked at since.
    if duration_seconds(_duration(text)) < _LONGEST:
        raise ValueError("what has ended must be kept for a day at least")
    return text


def _address(text: str) -> str:
    from adapters.git.address import AddressError, parse_address

    try:
        parse_address(text)
    except AddressError as problem:
        raise ValueError(f"`{text}` is not a repository's address: {problem}") from problem
    return text


def _author(text: str) -> str:
    from adapters.git.identity import parse_identity

    return str(parse_identity(text))


def _sign(text: str) -> str:
    from adapters.git.identity import parse_signing

    parse_signing(text)
    return text


def _folder(text: str) -> str:
    if not text.strip() or "\0" in text:
        raise ValueError("a checkout is a folder's path")
    return text


def _selector(text: str) -> str:
    from engine.lint.directives.silence import known_selector
    from engine.lint.registry import RULE_BY_CODE

    if text in ("all", "default") or known_selector(text, RULE_BY_CODE):
        return text
    near = did_you_mean(text, [*RULE_BY_CODE, *(rule.name for rule in RULE_BY_CODE.values())])
    raise ValueError(f"there is no rule `{text}`{'; ' + near if near else ''}")


def _baseline(text: str) -> str:
    problem = pattern_problem(text)
    if problem or "*" in text:
        raise ValueError(f"the baseline `{text}` {problem or 'is a pattern, not a file'}")
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]


class _Table(BaseModel):
    """A table that knows all of its keys and converts nothing."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class GitTable(_Table):
    """The table ``[git]``."""

    fetch: bool = True
    timeout: Annotated[str, AfterValidator(_timeout)] = "60s"
    author: Annotated[str, AfterValidator(_author)] = ""
    sign: Annotated[str, AfterValidator(_sign)] = ""


Selector = Annotated[str, AfterValidator(_selector)]
SeverityWord = Literal["error", "warning", "info"]


class LintPathsTable(_Table):
    """One ``[[lint.paths]]``: what is different for some files."""

    match: Annotated[list[Pattern], Field(min_length=1, max_length=1000)]
    select: Annotated[list[Selector], Field(max_length=1000)] | None = None
    ignore: Annotated[list[Selector], Field(max_length=1000)] = []
    severity: dict[Selector, SeverityWord] = {}


class LintTable(_Table):
    """The table ``[lint]``."""

    select: Annotated[list[Selector], Field(max_length=1000)] | None = None
    ignore: Annotated[list[Selector], Field(max_length=1000)] = []
    severity: dict[Selector, SeverityWord] = {}
    paths: Annotated[list[LintPathsTable], Field(max_length=1000)] = []
    baseline: Annotated[str, AfterValidator(_baseline)] = ""
    fail_level: Annotated[Literal["error", "warning", "info", "never"], Field(alias="fail-level")] = "error"
    file_lines: Annotated[int, Field(alias="file-lines", ge=10, le=1_000_000)] = 500
    owner_labels: Annotated[list[str], Field(alias="owner-labels", min_length=1, max_length=100)] = ["team", "owner"]


def _store(text: str) -> str:
    read_setting(text)
    return text


class StoreTable(_Table):
    """The table ``[store]``."""

    url: Annotated[str, AfterValidator(_store)] = ""


_UNITS = {"kB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}


def size_of(text: str) -> int:
    """Return the bytes that a checked size such as ``512MB`` stands for."""
    return int(text[:-2]) * _UNITS[text[-2:]]


def _size(text: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]{0,6}(?:kB|MB|GB)", text):
        raise ValueError(f"`{text}` is not a size such as `500kB`, `10MB` or `2GB`")
    return text


def _path(text: str) -> str:
    if not text.strip() or "\0" in text:
        raise ValueError("it must be a path")
    return text


def _variable(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text):
        raise ValueError(f"`{text}` is not the name of a variable")
    return text


def _image(text: str) -> str:
    if not text.strip() or len(text) > 500:
        raise ValueError("it must be an image, or a pattern such as `registry.example.com/shop/*`")
    return text


def _way(text: str) -> str:
    if text != "host" and "/" not in text:
        raise ValueError(f"`{text}` must be `host`, or the path of a program that runs the image")
    return text


Duration = Annotated[str, AfterValidator(_timeout)]
Keeping = Annotated[str, AfterValidator(_keeping)]
Size = Annotated[str, AfterValidator(_size)]
Paths = Annotated[list[Annotated[str, AfterValidator(_path)]], Field(max_length=1000)]


class LocalTable(_Table):
    """The table ``[workflows.local]``."""

    timeout: Duration = "1h"
    step_timeout: Annotated[Duration, Field(alias="step-timeout")] = "30m"
    output_limit: Annotated[Size, Field(alias="output-limit")] = "10MB"
    isolation: Literal["auto", "namespaces", "landlock", "none"] = "auto"
    readable: Paths = []
    writable: Paths = []
    pass_environment: Annotated[
        list[Annotated[str, AfterValidator(_variable)]], Field(alias="pass-environment", max_length=1000)
    ] = []
    images: dict[Annotated[str, AfterValidator(_image)], Annotated[str, AfterValidator(_way)]] = {}
    memory: Size = "2GB"
    file_size: Annotated[Size, Field(alias="file-size")] = "1GB"
    processes: Annotated[int, Field(ge=1, le=100_000)] = 256
    keep: Keeping = "30d"


class WorkflowsTable(_Table):
    """The table ``[workflows]``."""

    adapter: Literal["local"] | None = None
    local: LocalTable = LocalTable()


class LocalApplicationsTable(_Table):
    """The table ``[applications.local]``."""

    check: Annotated[list[Annotated[str, AfterValidator(_path)]], Field(max_length=1000)] = []
    timeout: Duration = "5m"


class ApplicationsTable(_Table):
    """The table ``[applications]``."""

    adapter: Literal["local"] | None = None
    local: LocalApplicationsTable = LocalApplicationsTable()


class WorkspaceTable(_Table):
    """The whole file."""

    priority: Literal["highest-wins", "lowest-wins"] = "highest-wins"
    sources: Annotated[list[Pattern], Field(min_length=1, max_length=1000)] = list(DEFAULT_SOURCES)
    exclude: Annotated[list[Pattern], Field(max_length=1000)] = []
    checkouts: dict[
        Annotated[str, AfterValidator(_address)],
        Annotated[str, AfterValidator(_folder)],
    ] = {}
    git: GitTable = GitTable()
    lint: LintTable = LintTable()
    service: ServiceTable = ServiceTable()
    store: StoreTable = StoreTable()
    workflows: WorkflowsTable = WorkflowsTable()
    applications: ApplicationsTable = ApplicationsTable()
    forges: Forges = {}
    runtimes: Runtimes = {}
    teams: Annotated[
        dict[
            Annotated[str, Field(min_length=1, max_length=100)],
            Annotated[list[Person], Field(max_length=10_000)],
        ],
        Field(max_length=1000),
    ] = {}

    @model_validator(mode="after")
    def _one_way(self) -> WorkspaceTable:
        watching = [name for name, runtime in self.runtimes.items() if runtime.argocd]
        if self.applications.adapter == "local" and watching:
            raise ValueError(
                f'`[applications] adapter = "local"` and `[runtimes.{watching[0]}.argocd]` both say how applications'
                " stand; keep one of them"
            )
        running = [name for name, runtime in self.runtimes.items() if runtime.workflows]
        if self.workflows.adapter == "local" and running:
            raise ValueError(
                f'`[workflows] adapter = "local"` and `[runtimes.{running[0]}.workflows]` both say what runs promotion'
                " workflows; keep one of them"
            )
        return self
