"""GitHub's published OpenAPI description, from the npm package that carries it; kept in a cache outside the project."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator

PACKAGE = "@octokit/openapi@23.0.2"
_MEMBER = "package/generated/api.github.com.json"
_LARGEST = 64 * 1024 * 1024


class AbsentError(Exception):
    """The description cannot be had; the text says why."""


@cache
def description() -> dict[str, Any]:
    """Return the description.

    Raises:
        AbsentError: when it is neither in the cache nor can be fetched.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    kept = home / "promo-tests" / f"{PACKAGE.replace('/', '-')}.json"
    if not kept.exists():
        _fetch(kept)
    found: dict[str, Any] = json.loads(kept.read_bytes())
    return found


def _fetch(kept: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise AbsentError("npm is not installed")
    kept.parent.mkdir(parents=True, exist_ok=True)
    scratch = kept.parent / f"fetching-{os.getpid()}"
    scratch.mkdir(exist_ok=True)
    try:
        done = subprocess.run(
            [npm, "pack", "--silent", PACKAGE], cwd=scratch, capture_output=True, check=False, timeout=120
        )
        packed = list(scratch.glob("*.tgz"))
        if done.returncode != 0 or not packed:
            raise AbsentError("the registry of npm packages does not give it")
        with tarfile.open(packed[0]) as archive:
            member = archive.extractfile(_MEMBER)
            assert member is not None
            data = member.read(_LARGEST)
        part = scratch / "part"
        part.write_bytes(data)
        part.replace(kept)
    except subprocess.TimeoutExpired as late:
        raise AbsentError("the registry of npm packages does not answer") from late
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def operation(method: str, template: str) -> dict[str, Any]:
    """Return a call; the names of a path's parts do not count."""
    wanted = _shape(template)
    for path, calls in description()["paths"].items():
        if _shape(path) == wanted and method.lower() in calls:
            found: dict[str, Any] = calls[method.lower()]
            return found
    raise AssertionError(f"GitHub has no {method} {template}")


def problems(schema: dict[str, Any], value: Any) -> list[str]:
    """Return how a value breaks a schema of the description, empty where it does not."""
    root = {**_as_json_schema(schema), "components": _components()}
    errors = Draft4Validator(root).iter_errors(value)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in errors]


def parameters(call: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the query parameters of a call, by name."""
    found = [resolved(parameter) for parameter in call.get("parameters", [])]
    return {parameter["name"]: parameter for parameter in found if parameter["in"] == "query"}


def example(call: dict[str, Any], status: int) -> Any:
    """Return the example that is published for an answer; None where there is none."""
    content = resolved(call["responses"][str(status)]).get("content", {}).get("application/json", {})
    for shown in content.get("examples", {}).values():
        value = resolved(shown).get("value")
        if isinstance(value, dict) and "$ref" in value:  # a reference one level too deep
            value = resolved(value).get("value")
        return copy.deepcopy(value)
    return None


def response_schema(call: dict[str, Any], status: int) -> dict[str, Any] | None:
    """Return the schema of an answer; None where it has no body."""
    content = resolved(call["responses"][str(status)]).get("content", {}).get("application/json", {})
    found: dict[str, Any] | None = content.get("schema")
    return found


def resolved(value: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference."""
    while "$ref" in value:
        target: Any = description()
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        value = target
    return value


@cache
def _components() -> dict[str, Any]:
    made: dict[str, Any] = _as_json_schema({"schemas": description()["components"]["schemas"]})
    return made


def _as_json_schema(value: Any) -> Any:
    """Return a schema of OpenAPI 3.0 as JSON Schema has it: what is nullable may be null."""
    if isinstance(value, list):
        return [_as_json_schema(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {key: _as_json_schema(item) for key, item in value.items() if key not in ("example", "examples")}
    return {"anyOf": [made, {"type": "null"}]} if value.get("nullable") is True else made


def _shape(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))
