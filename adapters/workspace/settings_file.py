"""From the text of `promo.toml` to the configuration, checked key by key."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from adapters.workspace.configuration import (
    AdaptersConfiguration,
    Configuration,
    GitConfiguration,
    LintChoice,
    LintConfiguration,
    LocalConfiguration,
)
from adapters.workspace.toml_places import TomlPlaces, toml_places
from engine.model.priority_order import PriorityOrder
from grammar.diagnostics import Diagnostic, error
from grammar.lexical import duration_seconds
from grammar.span import SourceText, Span
from grammar.suggest import did_you_mean
from grammar.vocabulary import listing

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

    from adapters.workspace.schema import LintPathsTable, LintTable, WorkspaceTable

LARGEST = 256 * 1024
"""Characters a `promo.toml` may have."""

_PLACE = re.compile(r"(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)\Z", re.DOTALL)


def read_configuration(text: str, source: str) -> tuple[Configuration, tuple[Diagnostic, ...]]:
    """Read the text of a `promo.toml`.

    Args:
        text: the whole text.
        source: its name in diagnostics.

    Returns:
        The configuration, which is the default one where the text is wrong, and everything that is wrong.
    """
    if len(text) > LARGEST:
        return Configuration(), (error("C009", f"file has more than {LARGEST:,} characters", Span(0, 0, source)),)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as failure:
        return Configuration(), (_not_toml(str(failure), text, source),)
    except RecursionError:
        return Configuration(), (error("C003", "values are nested too deeply", Span(0, 0, source)),)
    if not data:
        return Configuration(), ()

    from pydantic import ValidationError

    from adapters.workspace.schema import WorkspaceTable

    try:
        return _configuration(WorkspaceTable.model_validate(data)), ()
    except ValidationError as failure:
        places = toml_places(text, source)
        found = [_explained(detail, places, source) for detail in failure.errors(include_url=False)]
        return Configuration(), tuple(found)


def _configuration(table: WorkspaceTable) -> Configuration:
    return Configuration(
        priority=PriorityOrder(table.priority),
        sources=tuple(table.sources),
        exclude=tuple(table.exclude),
        checkouts=dict(table.checkouts),
        git=GitConfiguration(table.git.fetch, duration_seconds(table.git.timeout), table.git.author, table.git.sign),
        lint=LintConfiguration(
            _choice(table.lint),
            tuple((tuple(paths.match), _choice(paths)) for paths in table.lint.paths),
            table.lint.baseline,
            table.lint.fail_level,
            table.lint.file_lines,
            tuple(table.lint.owner_labels),
        ),
        service=table.service.configured(),
        service_url=table.service.url or "",
        store_url=table.store.url,
        teams={team: tuple(members) for team, members in table.teams.items()},
        adapters=_adapters(table),
    )


def _adapters(table: WorkspaceTable) -> AdaptersConfiguration:
    from adapters.workspace.schema import size_of

    local = table.workflows.local
    return AdaptersConfiguration(
        workflows=table.workflows.adapter or "",
        local=LocalConfiguration(
            timeout=duration_seconds(local.timeout),
            step_timeout=duration_seconds(local.step_timeout),
            output_limit=size_of(local.output_limit),
            isolation=local.isolation,
            readable=tuple(local.readable),
            writable=tuple(local.writable),
            pass_environment=tuple(local.pass_environment),
            images=tuple(local.images.items()),
            memory=size_of(local.memory),
            file_size=size_of(local.file_size),
            processes=local.processes,
            keep=duration_seconds(local.keep),
        ),
        applications=table.applications.adapter or "",
        check=tuple(table.applications.local.check),
        check_timeout=duration_seconds(table.applications.local.timeout),
        forges=tuple(forge.configured(name) for name, forge in table.forges.items()),
        runtimes=tuple(runtime.configured(name) for name, runtime in table.runtimes.items()),
    )


def _choice(table: LintTable | LintPathsTable) -> LintChoice:
    select = None if table.select is None else tuple(table.select)
    return LintChoice(select, tuple(table.ignore), tuple(table.severity.items()))


def _not_toml(message: str, text: str, source: str) -> Diagnostic:
    """Turn the reader's message into a diagnostic with a span."""
    place = _PLACE.match(message)
    reason = place[1] if place else message
    at = len(text)
    if place and place[2]:
        at = SourceText(source, text).offset(int(place[2]), int(place[3]))
    return error("C003", f"not valid TOML: {reason[:1].lower()}{reason[1:]}", Span(at, at + 1, source))


def _explained(detail: ErrorDetails, places: TomlPlaces, source: str) -> Diagnostic:
    """Turn one finding of the schema into a diagnostic."""
    keys = tuple(str(part) for part in detail["loc"] if isinstance(part, str) and part != "[key]")
    name = ".".join(keys)
    if detail["type"] == "extra_forbidden":
        known = _known_keys(keys[:-1])
        near = did_you_mean(keys[-1], known)
        where = f"of `[{'.'.join(keys[:-1])}]`" if len(keys) > 1 else f"of `{source.rsplit('/', 1)[-1]}`"
        return error(
            "C004",
            f"`{keys[-1]}` is not a key {where}",
            places.key(keys) or Span(0, 0, source),
            help=near or f"its keys are {listing([f'`{key}`' for key in known], 'and')}",
        )
    span = (places.key(keys) if "[key]" in detail["loc"] else places.value(keys)) or Span(0, 0, source)
    message, help_text = _wrong(detail, name)
    return error("C005", message, span, help=help_text)


def _known_keys(table: tuple[str, ...]) -> list[str]:
    from adapters.workspace import schema, service_schema

    tables: dict[tuple[str, ...], type[BaseModel]] = {
        ("git",): schema.GitTable,
        ("lint",): schema.LintTable,
        ("lint", "paths"): schema.LintPathsTable,
        ("service",): service_schema.ServiceTable,
        ("service", "webhooks"): service_schema.WebhooksTable,
        ("store",): schema.StoreTable,
        ("workflows",): schema.WorkflowsTable,
        ("workflows", "local"): schema.LocalTable,
        ("applications",): schema.ApplicationsTable,
        ("applications", "local"): schema.LocalApplicationsTable,
    }
    if len(table) == 2 and table[0] == "forges":
        from adapters.workspace.forges_schema import ForgeTable

        tables[table] = ForgeTable
    if len(table) > 1 and table[0] == "runtimes":
        from adapters.workspace.runtimes_schema import TABLES, RuntimeTable

        tables[table] = TABLES.get(table[2:], RuntimeTable)
    named = service_schema.TokenTable if table[:2] == ("service", "tokens") else schema.WorkspaceTable
    fields = tables.get(table, named).model_fields
    return [field.alias or name for name, field in fields.items()]


_SEVERITIES = ("error", "warning", "info")
_WORDS = {
    "priority": [order.value for order in PriorityOrder],
    "fail-level": [*_SEVERITIES, "never"],
    "adapter": ["local"],
    "kind": ["github", "gitlab", "gitea"],
    "merge": ["auto", "never"],
    "isolation": ["auto", "namespaces", "landlock", "none"],
}
"""The words that keys with a closed list of values may have; elsewhere they are severities."""

_TYPES = {
    "string_type": "a text in quotes",
    "bool_type": "`true` or `false`",
    "list_type": "a list in brackets",
    "dict_type": "a table",
    "model_type": "a table",
}


def _wrong(detail: ErrorDetails, name: str) -> tuple[str, str]:
    """Return the message and the help for a value of the wrong type or out of its range."""
    kind = detail["type"]
    if kind in _TYPES:
        return f"`{name}` must be {_TYPES[kind]}", ""
    if kind == "literal_error":
        words = _WORDS.get(name.rpartition(".")[2]) or list(_SEVERITIES)
        given: Any = detail["input"]
        near = did_you_mean(given, words) if isinstance(given, str) else ""
        return f"`{name}` must be {listing([f'`{word}`' for word in words])}", near
    if kind == "value_error":
        return str(detail["msg"]).removeprefix("Value error, "), ""
    if kind == "too_short":
        hint = "remove the key to read every `.promo` and YAML file" if name == "sources" else ""
        return f"`{name}` must not be empty", hint
    if kind == "missing":
        return f"`{name}` is missing", ""
    if kind == "int_type":
        return f"`{name}` must be a whole number", ""
    reason = str(detail["msg"])
    return f"`{name}`: {reason[:1].lower()}{reason[1:]}", ""
