"""No text whatever makes the reader fail: it answers with diagnostics that point into the text."""

from __future__ import annotations

import copy
import os
import random
import re
from typing import Any

import pytest
import yaml

from adapters.manifests import ManifestLimits, read
from adapters.manifests.to_promo import count_comments, to_promo
from engine.model.build import build_workspace
from tests.adapters.manifests import test_faults as good
from tests.adapters.manifests import test_read as argo

pytestmark = pytest.mark.long

EXAMPLES = int(os.environ.get("PROMO_FUZZ_EXAMPLES", "8000"))
SEEDS = [good.POLICY, good.FLOW, good.PRODUCT, good.TEMPLATE, good.ENVIRONMENT, argo.APPLICATION, argo.WORKFLOW]
PIECES = (
    *(
        "{",
        "}",
        "[",
        "]",
        ":",
        ": ",
        "- ",
        "\n",
        "\n  ",
        "#",
        "&a ",
        "*a",
        "<<: *a",
        "!x ",
        "!!str ",
        "|",
        ">-",
        "---\n",
    ),
    *(
        "...",
        "%YAML 1.1\n",
        '"',
        "'",
        "\t",
        "\x00",
        "\ufeff",
        "\ud800",
        "🚀",
        "\u2028",
        "\r",
        "\r\n",
        "null",
        "~",
        "yes",
    ),
    *(
        "1.0",
        "1e999",
        "0x" + "f" * 40,
        "-",
        "?",
        "? ",
        "{{ .x }}",
        "{{- end }}",
        "spec:",
        "metadata: {}",
        "items: [*a]",
    ),
    *("9" * 40, "{a: 1}", "[[]]", "kind: List", "name: ", "values: []", "..", "@", "`"),
)
WORDS = re.compile(r"[A-Za-z0-9/.]+|\s+|.")


def mutated(chance: random.Random) -> str:
    text = chance.choice(SEEDS)
    if chance.random() < 0.2:
        text += "---\n" + chance.choice(SEEDS)
    words = WORDS.findall(text)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        at = chance.randrange(len(words) + 1)
        match chance.randrange(6):
            case 0:
                words[at:at] = [chance.choice(PIECES)]
            case 1:
                del words[at : at + chance.randrange(1, 4)]
            case 2:
                words[at : at + 1] = [chance.choice(PIECES)]
            case 3:
                words[at:at] = [chance.choice(words)] if words else []
            case 4:
                other = chance.randrange(len(words) + 1)
                words[min(at, other) : max(at, other)] = reversed(words[min(at, other) : max(at, other)])
            case _:
                words[at:at] = [chr(chance.randrange(0x500))]
    return "".join(words)


VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        0,
        -1,
        1.5,
        10**13,
        "",
        "none",
        "*",
        "a" * 300,
        "../x",
        "é\n",
        "{{ .x }}",
        "2026-12-24",
        "PROD",
        "In",
    ),
    *([], {}, [None], [[]], {"": ""}, {"a": {"b": []}}, ["a", "a"], [{"name": "a"}], {"<<": {"a": "b"}}),
)


def misspoken(chance: random.Random) -> str:
    """Return good YAML that says something odd."""
    data = yaml.safe_load(chance.choice(SEEDS))
    for _ in range(chance.choice((1, 1, 2, 4))):
        owner = data
        while True:
            keys = list(owner) if isinstance(owner, dict) else list(range(len(owner)))
            if not keys:
                break
            key = chance.choice(keys)
            if isinstance(owner[key], dict | list) and owner[key] and chance.random() < 0.8:
                owner = owner[key]
                continue
            _misspeak(chance, owner, key)
            break
    return yaml.safe_dump(data, sort_keys=chance.random() < 0.5, default_flow_style=chance.choice((None, False, True)))


def _misspeak(chance: random.Random, owner: Any, key: Any) -> None:
    value = copy.deepcopy(chance.choice(VALUES))
    match chance.randrange(5):
        case 0:
            del owner[key]
        case 1 if isinstance(owner, dict):
            owner[chance.choice((f"{key}s", str(key)[1:], "name", "spec", "values", 5, True))] = owner[key]
        case 2 if isinstance(owner, list):
            owner.append(value)
        case _:
            owner[key] = value


@pytest.mark.parametrize("part", range(4))
def test_mutated_manifests_give_diagnostics_and_nothing_else(part: int) -> None:
    chance = random.Random(part)
    outcomes = {"read": 0, "refused": 0, "other": 0}
    for _ in range(max(1, EXAMPLES // 4)):
        text = chance.choice((mutated, misspoken, misspoken))(chance)
        found = read(text, "x.yaml", named=chance.random() < 0.5)
        for diagnostic in (*found.diagnostics, *found.unsayable):
            assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text) + 1, (text, diagnostic)
            assert diagnostic.span.source == "x.yaml"
        built = build_workspace([found.file], found.applications, found.workflows)
        assert all(diagnostic.message for diagnostic in built.diagnostics)
        if any(diagnostic.is_error for diagnostic in found.diagnostics):
            outcomes["refused"] += 1
            continue
        outcomes["read" if found.file.declarations or found.applications or found.workflows else "other"] += 1
        to_promo(found)
        assert count_comments(text, found.scalars) >= 0
    assert min(outcomes.values()) > EXAMPLES // 400


def test_hostile_sizes_are_refused_quickly() -> None:
    limits = ManifestLimits(values=20_000)
    deep = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: " + "[" * 100_000
    wide = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: [" + "a," * (limits.values + 1) + "]"
    for text in (deep, wide):
        assert [found.code for found in read(text, "x.yaml", limits=limits).diagnostics] == ["Y002"]
