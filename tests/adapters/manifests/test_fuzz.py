"""No text whatever makes the reader fail: it answers with diagnostics that point into the text."""

from __future__ import annotations

import os
import random
import re

import pytest

from adapters.manifests import ManifestLimits, read
from adapters.manifests.to_promo import count_comments, to_promo
from engine.model.build import build_workspace
from tests.adapters.manifests import test_faults as good
from tests.adapters.manifests import test_read as argo

EXAMPLES = int(os.environ.get("PROMO_FUZZ_EXAMPLES", "3000"))
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


@pytest.mark.parametrize("part", range(4))
def test_mutated_manifests_give_diagnostics_and_nothing_else(part: int) -> None:
    chance = random.Random(part)
    outcomes = {"read": 0, "refused": 0}
    for _ in range(max(1, EXAMPLES // 4)):
        text = mutated(chance)
        found = read(text, "x.yaml", named=chance.random() < 0.5)
        for diagnostic in (*found.diagnostics, *found.unsayable):
            assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text) + 1, (text, diagnostic)
            assert diagnostic.span.source == "x.yaml"
        built = build_workspace([found.file], found.applications, found.workflows)
        assert all(diagnostic.message for diagnostic in built.diagnostics)
        if any(diagnostic.is_error for diagnostic in found.diagnostics):
            outcomes["refused"] += 1
            continue
        outcomes["read"] += 1
        to_promo(found)
        assert count_comments(text, found.scalars) >= 0
    assert min(outcomes.values()) > 0


def test_hostile_sizes_are_refused_quickly() -> None:
    limits = ManifestLimits(values=20_000)
    deep = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: " + "[" * 100_000
    wide = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: [" + "a," * (limits.values + 1) + "]"
    for text in (deep, wide):
        assert [found.code for found in read(text, "x.yaml", limits=limits).diagnostics] == ["Y002"]
