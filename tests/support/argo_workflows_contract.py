"""Argo Workflows' own documents as strict validators: unknown keys are refused wherever the documents list keys.

What they and the server disagree on is put right first: null stands for absent, and what may be a number or a text
is called a text.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from tests.support.argo_contract import _FORMATS, DOCUMENTS, _listed, _strict, _without_nulls

PREFIX = "io.argoproj.workflow.v1alpha1."
_NUMBER_OR_TEXT = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"


def violations(definition: str, data: Any) -> list[str]:
    """Return how data breaks a definition of the API server's document, whose name may be short."""
    name = definition if "." in definition else PREFIX + definition
    return _listed(_definition(name), _without_nulls(data))


def query_violations(path: str, method: str, names: set[str]) -> list[str]:
    """Return the names of query parameters that a call does not have."""
    call = _swagger()["paths"][path][method]
    return sorted(names - {parameter["name"] for parameter in call.get("parameters", ()) if parameter["in"] == "query"})


def crd_violations(workflow: Any) -> list[str]:
    """Return how a Workflow breaks the schema of its kind."""
    return _listed(_workflow(), _without_nulls(workflow))


@cache
def _swagger() -> Any:
    return json.loads((DOCUMENTS / "argo-workflows-swagger.json").read_text(encoding="utf-8"))


@cache
def _definitions() -> Any:
    definitions = {key: _strict(one) for key, one in _swagger()["definitions"].items()}
    definitions[_NUMBER_OR_TEXT] = {"type": ["string", "integer"]}
    return definitions


@cache
def _definition(name: str) -> Draft202012Validator:
    schema = {"$ref": f"#/definitions/{name}", "definitions": _definitions()}
    return Draft202012Validator(schema, format_checker=_FORMATS)


@cache
def _workflow() -> Draft202012Validator:
    kind = json.loads((DOCUMENTS / "workflows.crd.json").read_text(encoding="utf-8"))
    schema = _strict(kind["spec"]["versions"][0]["schema"]["openAPIV3Schema"])
    del schema["properties"]["metadata"]
    schema["properties"]["metadata"] = True
    return Draft202012Validator(schema, format_checker=_FORMATS)
