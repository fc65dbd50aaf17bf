"""What is offered where: `|` in a text is the cursor."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from adapters.lsp.analysis import Analysis, Analyst
from adapters.lsp.completion import complete
from adapters.lsp.document import Document
from adapters.lsp.positions import Encoding
from adapters.workspace.loading import gathered

WORKSPACE = Path(__file__).parents[3] / "policies" / "quickstart"


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    found = Analyst().analyse(gathered(WORKSPACE))
    assert found is not None
    return found


def offered(
    analysis: Analysis | None, marked: str, *, snippets: bool = False
) -> tuple[str, list[types.CompletionItem]]:
    offset = marked.index("|")
    text = marked.replace("|", "", 1)
    document = Document("file:///x.promo", "/x.promo", "x.promo", 1, text, Encoding.UTF_16)
    return text, complete(document, offset, analysis, snippets=snippets)


def accepted(text: str, item: types.CompletionItem) -> str:
    """Return the text once an item is chosen."""
    assert isinstance(item.text_edit, types.TextEdit)
    lines = Document("", "", "", 1, text, Encoding.UTF_16).lines
    place = item.text_edit.range
    return text[: lines.offset(place.start)] + item.text_edit.new_text + text[lines.offset(place.end) :]


EXACTLY = (
    ("flow z { trigger |", ["dev", "qa", "prod"]),
    ("flow z { trigger dev step qa after dev, |", ["dev", "qa", "prod"]),
    ("policy x { when environment.name == |", ["dev", "qa", "prod"]),
    ("policy x { when environment.name in [dev, |", ["dev", "qa", "prod"]),
    ("policy x { when environment.kind != |", ["prod", "non-prod"]),
    ("policy x { when product.labels.team == |", ["storefront"]),
    ('policy x { when product.labels.team in ["|"] }', ["storefront"]),
    ("policy x { pre-action |", ["release-checks", "smoke-tests", "notify-team", "none"]),
    ("flow z { on failure |", ["release-checks", "smoke-tests", "notify-team"]),
    ("policy x { action |", ["commit", "pr", "none"]),
    ("policy x { rollback |", ["on-failure", "never"]),
    ("policy x { window |", ["office-hours"]),
    ("policy x { soak |", ["30m", "2h", "1d"]),
    ("policy x { approvals 1 from |", ["release-managers"]),
    ("environment x { kind |", ["prod", "non-prod"]),
    ("environment x { cluster |", ["https://kubernetes.default.svc", "in-cluster"]),
    ("product x { flow |", ["standard", "hotfix"]),
    ("product x { labels |", ["team"]),
    ('product x { labels team = "|', ["storefront"]),
    ("product x { applications |", ["storefront-dev", "storefront-prod", "storefront-qa"]),
    ("window x { days |", ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]),
    ("access x { allow |", ["promote", "trigger", "retry", "terminate", "approve"]),
    ('test "x" { product |', ["storefront"]),
    ('test "x" { expect blocked prod by |', ["office-hours", "black-friday"]),
    ("require x { that passed |", ["dev", "qa", "prod"]),
    ("require x { that pre-action == |", ["release-checks", "smoke-tests", "notify-team", "none"]),
    ("environment |", []),
    ("policy x priority |", []),
    ("policy x { # when |", []),
    ('policy x { description "act|', []),
)


@pytest.mark.parametrize(("marked", "names"), EXACTLY)
def test_what_fits_is_offered_and_nothing_else(analysis: Analysis, marked: str, names: list[str]) -> None:
    assert [item.label for item in offered(analysis, marked)[1]] == names


AMONG = (
    ("|", {"policy", "environment", "test"}, {"action", "when"}),
    ("pol|", {"policy"}, {"action"}),
    ("policy x {\n  |\n}", {"when", "action", "soak", "description"}, {"policy", "trigger"}),
    ("policy x {\n  action pr\n  |", {"when", "post-action"}, {"dev"}),
    ("policy x { action pr } |", {"policy", "flow"}, {"action"}),
    ("policy x { when |", {"environment.kind", "product.labels.team", "not"}, {"message", "30m", "soak", "passed-on"}),
    ("policy x { when environment.k|", {"environment.kind"}, {"message"}),
    ("policy x { when environment.kind |", {"in", "matches"}, {"environment.name"}),
    ("product x { flow standard when |", {"message", "branch"}, {"product.name"}),
    ("require x { that |", {"action", "soak", "flow.name", "passed"}, {"message"}),
    ("require x { when |", {"flow.name"}, {"soak"}),
    ("policy x { when prod in |", {"environment.tags"}, set()),
    ('window x { zone "Europe/Ber|"', {"Europe/Berlin"}, set()),
    ('test "x" { expect |', {"flow", "order", "blocked", "prod"}, {"policy"}),
    # A mistake further up does not keep anything from being offered.
    ("policy x {\n  actoin pr\n  pre-action |", {"smoke-tests"}, {"policy"}),
    ("policy broken {\n  when ((\n}\n\nflow z { trigger |", {"dev"}, {"policy"}),
)


@pytest.mark.parametrize(("marked", "some", "none"), AMONG)
def test_what_fits_is_among_what_is_offered(analysis: Analysis, marked: str, some: set[str], none: set[str]) -> None:
    names = {item.label for item in offered(analysis, marked)[1]}
    assert some <= names
    assert not none & names


def test_what_is_chosen_replaces_what_was_written(analysis: Analysis) -> None:
    text, items = offered(analysis, "policy x {\n  when product.labels.te| == storefront\n}")
    assert accepted(text, items[-1]).startswith("policy x {\n  when ")
    (team,) = (item for item in items if item.label == "product.labels.team")
    assert accepted(text, team) == "policy x {\n  when product.labels.team == storefront\n}"
    text, (value,) = offered(analysis, 'product x { labels team = "sto|" }')
    assert accepted(text, value) == 'product x { labels team = "storefront" }'
    text, items = offered(analysis, "window x { zone |")
    berlin = next(item for item in items if item.label == "Europe/Berlin")
    assert accepted(text, berlin) == 'window x { zone "Europe/Berlin"'
    text, items = offered(analysis, "environment x { cluster |")
    assert accepted(text, items[0]) == 'environment x { cluster "https://kubernetes.default.svc"'


def test_declarations_come_as_templates_where_the_editor_fills_them_in(analysis: Analysis) -> None:
    plain = next(item for item in offered(analysis, "po|")[1] if item.label == "policy")
    filled = next(item for item in offered(analysis, "po|", snippets=True)[1] if item.label == "policy")
    assert isinstance(plain.text_edit, types.TextEdit)
    assert isinstance(filled.text_edit, types.TextEdit)
    assert plain.text_edit.new_text == "policy"
    assert filled.text_edit.new_text.startswith("policy ${1:name}")
    assert filled.insert_text_format is types.InsertTextFormat.Snippet


def test_every_template_is_a_declaration_once_it_is_filled_in() -> None:
    import re

    from adapters.lsp.completion import _SNIPPETS
    from grammar.parser import parse
    from grammar.vocabulary import DECLARATIONS

    assert set(_SNIPPETS) == set(DECLARATIONS)
    for snippet in _SNIPPETS.values():
        chosen = re.sub(r"\$\{\d+\|([^,|]+)[^}]*\}", r"\1", snippet)
        filled = re.sub(r"\$\{\d+:((?:\\.|[^}])*)\}", r"\1", chosen).replace("\\$", "$")
        assert parse(filled).diagnostics == (), filled


def test_without_a_workspace_there_are_keywords() -> None:
    assert "action" in {item.label for item in offered(None, "policy x { |")[1]}
    assert offered(None, "policy x { pre-action |")[1] == []


@pytest.mark.parametrize("cut", range(0, 60))
def test_no_place_is_too_broken_to_ask(analysis: Analysis, cut: int) -> None:
    text = (WORKSPACE / "storefront.promo").read_text(encoding="utf-8")
    step = len(text) // 60
    offered(analysis, text[: cut * step] + "|" + text[cut * step + cut % 7 :])
