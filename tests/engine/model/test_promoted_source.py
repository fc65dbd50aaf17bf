"""Which of an application's sources a promotion edits."""

import pytest

from engine.model.argo import Application, Hydrator, Source
from engine.model.promoted_source import PATH_KEY, SOURCE_KEY, NoPromotedSource, promoted_source

URL = "https://git.example.com/shop/apps.git"
CHART = Source("https://charts.example.com", chart="shop", target_revision="8.1.0")
VALUES = Source(URL, target_revision="main", ref="values")
FOLDER = Source(URL, "apps/qa", "main")
OTHER = Source(URL, "apps/base", "main")


def chosen(*sources: Source, **annotations: str) -> Source | NoPromotedSource:
    keys = {"source": SOURCE_KEY, "path": PATH_KEY}
    return promoted_source(
        Application("shop-qa", sources=sources, annotations={keys[key]: text for key, text in annotations.items()})
    )


def refused(*sources: Source, **annotations: str) -> NoPromotedSource:
    found = chosen(*sources, **annotations)
    assert isinstance(found, NoPromotedSource)
    return found


def test_the_only_source_and_the_dry_source() -> None:
    assert chosen(FOLDER) == FOLDER
    hydrated = Application("shop-qa", sources=(OTHER,), hydrator=Hydrator(FOLDER, "env/qa", "qa"))
    assert promoted_source(hydrated) == FOLDER


def test_the_only_one_of_several_that_is_a_folder_in_git() -> None:
    assert chosen(CHART, FOLDER) == FOLDER


@pytest.mark.parametrize(("annotation", "expected"), [("values", VALUES), ("0", FOLDER), ("2", VALUES), (" 1 ", OTHER)])
def test_the_annotation_decides(annotation: str, expected: Source) -> None:
    assert chosen(FOLDER, OTHER, VALUES, source=annotation) == expected


def test_a_name_comes_before_a_position() -> None:
    called = Source(URL, "apps/one", "main", ref="0")
    assert chosen(FOLDER, called, source="0") == called


def test_a_folder_of_a_source_that_is_only_referred_to() -> None:
    assert chosen(CHART, VALUES, source="values", path="/apps/qa/") == Source(URL, "apps/qa", "main", ref="values")
    assert "names the path `apps/qa`, and the annotation" in refused(FOLDER, path="apps/prod").reason


@pytest.mark.parametrize(
    "sources",
    [(FOLDER, OTHER), (CHART, VALUES), (FOLDER, VALUES), (CHART, CHART)],
    ids=["folders", "ref", "both", "no"],
)
def test_nothing_is_guessed(sources: tuple[Source, ...]) -> None:
    found = refused(*sources)
    assert found.reason == "it has 2 sources, and which one a promotion edits is not certain"
    assert found.unblock.startswith("name it in the annotation `promo.io/source`: ")


def test_the_choices_are_named() -> None:
    assert refused(FOLDER, OTHER, VALUES).unblock == (
        f'name it in the annotation `promo.io/source`: "0" for `apps/qa`, "1" for `apps/base` or "values" for `{URL}`'
    )
    assert refused(CHART, CHART).unblock.endswith("none of them is in Git")


@pytest.mark.parametrize("text", ["valeus", "3", "-1", "00000", "", "²"])
def test_an_annotation_that_names_none(text: str) -> None:
    found = refused(FOLDER, OTHER, VALUES, source=text)
    assert f"says `{text}`, which none of its 3 sources is" in found.reason
    assert ("did you mean `values`?" in found.unblock) is (text == "valeus")


def test_a_name_of_several() -> None:
    assert "several of its sources are called" in refused(VALUES, VALUES, source="values").reason


def test_a_chart_and_nothing_at_all() -> None:
    assert "is the Helm chart `shop`" in refused(CHART).reason
    assert "is the Helm chart `shop`" in refused(CHART, FOLDER, source="0").reason
    assert refused().reason == "it has no source"
