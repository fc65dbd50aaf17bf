"""Argo CD's own documents as strict validators: its Swagger document, and the schema of the Application kind.

Unknown keys are refused wherever the documents list keys. What they and the server disagree on is put right first:
null stands for absent, and `sourcePositions` are numbers on the wire, whatever the document says.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

DOCUMENTS = Path(__file__).resolve().parents[3] / "shared" / "specs" / "argo"

_FORMATS = FormatChecker([])


@_FORMATS.checks("date-time", raises=ValueError)
def _is_moment(text: object) -> bool:
    return not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None


needs_documents = pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="Argo's API documents are not here")


def documents_are_there() -> bool:
    return DOCUMENTS.is_dir()


def violations(definition: str, data: Any) -> list[str]:
    """Return how data breaks a definition of the API server's document."""
    return _listed(_definition(definition), _without_nulls(data))


def crd_violations(application: Any) -> list[str]:
    """Return how an Application breaks the schema of its kind."""
    return _listed(_application(), _without_nulls(application))


def query_violations(path: str, method: str, names: set[str]) -> list[str]:
    """Return the names of query parameters that a call does not have."""
    call = _swagger()["paths"][path][method]
    known = {parameter["name"] for parameter in call.get("parameters", ()) if parameter["in"] == "query"}
    return sorted(names - known)


def _listed(validator: Draft202012Validator, data: Any) -> list[str]:
    return [f"{'.'.join(map(str, found.absolute_path))}: {found.message}" for found in validator.iter_errors(data)]


@cache
def _swagger() -> Any:
    return json.loads((DOCUMENTS / "argo-cd-swagger.json").read_text(encoding="utf-8"))


@cache
def _definition(name: str) -> Draft202012Validator:
    definitions = {key: _strict(one) for key, one in _swagger()["definitions"].items()}
    positions = definitions["applicationApplicationSyncRequest"]["properties"]["sourcePositions"]
    positions["items"] = {"type": "integer"}
    schema = {"$ref": f"#/definitions/{name}", "definitions": definitions}
    return Draft202012Validator(schema, format_checker=_FORMATS)


@cache
def _application() -> Draft202012Validator:
    kind = json.loads((DOCUMENTS / "application.crd.json").read_text(encoding="utf-8"))
    schema = _strict(kind["spec"]["versions"][0]["schema"]["openAPIV3Schema"])
    del schema["properties"]["metadata"]["type"]
    return Draft202012Validator(schema, format_checker=_FORMATS)


def _strict(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _strict(one) for key, one in schema.items()}
    if isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
        made["additionalProperties"] = False
    return made


def _without_nulls(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _without_nulls(one) for key, one in data.items() if one is not None}
    if isinstance(data, list):
        return [_without_nulls(one) for one in data]
    return data
