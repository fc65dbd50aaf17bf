"""Import and export are inverse: manifests as data, and the model as a value."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from adapters.manifests import read
from adapters.manifests.emit import emit
from adapters.manifests.to_data import data_of
from adapters.manifests.to_promo import to_promo
from grammar.parser import parse
from tests.support import manifest_data as md
from tests.support.effort import examples
from tests.support.manifest_model import entities
from tests.support.manifest_world import declared, entity_of

pytestmark = pytest.mark.long

laws = settings(max_examples=examples(1_000))


def holds(data: md.Data) -> None:
    """Check that one valid manifest survives: as YAML, as `.promo` text, and through the model."""
    text = emit(data)
    assert yaml.load(text, yaml.CSafeLoader) == data
    manifests = read(text, "x.yaml")
    assert manifests.diagnostics == ()
    converted = to_promo(manifests)
    assert converted.diagnostics == ()
    (declaration,) = parse(converted.text).file.declarations
    assert declaration == manifests.file.declarations[0]
    assert data_of(entity_of(declaration)) == md.canonical(data)


@laws
@given(md.products)
def test_a_product_survives_import_and_export(data: md.Data) -> None:
    holds(data)


@laws
@given(md.templates)
def test_a_template_survives_import_and_export(data: md.Data) -> None:
    holds(data)


@laws
@given(md.policies)
def test_a_policy_survives_import_and_export(data: md.Data) -> None:
    holds(data)


@laws
@given(md.flows)
def test_a_flow_survives_import_and_export(data: md.Data) -> None:
    holds(data)


@laws
@given(md.environments)
def test_an_environment_survives_import_and_export(data: md.Data) -> None:
    holds(data)


@laws
@given(entities)
def test_a_model_survives_export_and_import(entity: Any) -> None:
    data = data_of(entity)
    assert isinstance(data, dict), data
    assert entity_of(declared(emit(data))) == entity
