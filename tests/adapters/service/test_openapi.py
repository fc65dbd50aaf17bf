"""The OpenAPI document says what there is: every route, and nothing else."""

from __future__ import annotations

from typing import Any, cast

from jsonschema import Draft202012Validator

from adapters.service.api import BASE, api_routes, openapi_document
from adapters.service.asked import Promotion, Wanted
from adapters.service.service import Service


def test_every_route_is_described_and_nothing_else() -> None:
    routes = api_routes(cast(Service, None))
    there = {
        (route.path.removeprefix(BASE), method)
        for route in routes
        for method in route.methods or ()
        if method != "HEAD"
    }
    paths = cast(dict[str, dict[str, Any]], openapi_document()["paths"])
    told = {(path, method.upper()) for path, verbs in paths.items() for method in verbs if method != "parameters"}
    assert there == told


def test_schemas_are_schemas_and_have_the_members_of_the_models() -> None:
    schemas = cast(dict[str, Any], openapi_document()["components"])["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    for model in (Promotion, Wanted):
        names = {field.alias or name for name, field in model.model_fields.items()}
        assert names == set(schemas[model.__name__]["properties"])
