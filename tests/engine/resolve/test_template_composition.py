"""What a promotion copies, composed from several templates."""

from __future__ import annotations

from engine.model.argo import Application
from engine.model.attributes import Attribute, Subject
from engine.model.conditions import Membership
from engine.model.entities import DEFAULT_VERSION_SOURCE, Product, PromotedFile, PromotionSpec, Template, VersionSource
from engine.model.workspace import PriorityOrder, Workspace
from engine.resolve import compose
from engine.resolve.template_composition import DEFAULT_ORIGIN, TemplateRole

HELM = Membership(Attribute(Subject.APPLICATION, "labels", "packaging"), ("helm",))
APPLICATION = Application("app", labels={"packaging": "helm"})


def version(name: str) -> VersionSource:
    return VersionSource(name, "$.version")


def files(name: str) -> tuple[PromotedFile, ...]:
    return (PromotedFile(name, ("$.image.tag",)),)


def template(name: str, priority: int = 0, **more: object) -> Template:
    return Template(name, priority, HELM, PromotionSpec(**more))  # type: ignore[arg-type]


def space(*templates: Template, order: PriorityOrder = PriorityOrder.HIGHEST_WINS) -> Workspace:
    return Workspace(templates={found.name: found for found in templates}, priority_order=order)


def test_the_product_itself_then_the_template_it_names_then_what_selects_the_application() -> None:
    named = Template("named", 0, Membership(HELM.attribute, ("other",)), PromotionSpec(version("n"), files("n")))
    chosen = template("chosen", 9, version_source=version("c"), files=files("c"))
    workspace = space(named, chosen)

    inline = Product("trio", template="named", promotion=PromotionSpec(version("i")))
    composed = compose(workspace, inline, APPLICATION)
    assert (composed.version_source, composed.version_origin.role) == (version("i"), TemplateRole.INLINE)
    assert (composed.files, composed.files_origin.name) == (files("n"), "named")
    assert [origin.role for origin in composed.applied] == [
        TemplateRole.INLINE, TemplateRole.REFERENCE, TemplateRole.SELECTED,
    ]  # fmt: skip

    selected = compose(workspace, Product("trio"), APPLICATION)
    assert (selected.version_source, selected.files_origin.name) == (version("c"), "chosen")


def test_the_best_priority_is_the_base_and_missing_parts_come_from_the_next() -> None:
    templates = (
        template("low", 1, version_source=version("low"), files=files("low")),
        template("high", 2, files=files("high")),
    )

    highest = compose(space(*templates), Product("trio"), APPLICATION)
    assert (highest.files, highest.version_source) == (files("high"), version("low"))
    assert (highest.files_origin.name, highest.version_origin.name) == ("high", "low")
    lowest = compose(space(*templates, order=PriorityOrder.LOWEST_WINS), Product("trio"), APPLICATION)
    assert (lowest.files, lowest.version_source) == (files("low"), version("low"))


def test_nothing_said_is_the_default_and_every_file() -> None:
    composed = compose(space(), Product("trio"), APPLICATION)

    assert (composed.version_source, composed.version_origin) == (DEFAULT_VERSION_SOURCE, DEFAULT_ORIGIN)
    assert (composed.files, composed.files_origin) == (None, DEFAULT_ORIGIN)


def test_a_promotion_of_no_files_is_said_not_missing() -> None:
    workspace = space(template("high", 2, files=()), template("low", 1, files=files("low")))

    assert compose(workspace, Product("trio"), APPLICATION).files == ()


def test_a_template_that_is_named_and_selects_too_applies_once() -> None:
    workspace = space(template("both", 1, files=files("b")), template("better", 2, files=files("x")))

    composed = compose(workspace, Product("trio", template="both"), APPLICATION)

    assert [origin.name for origin in composed.applied] == ["both", "better"]
    assert composed.files == files("b")


def test_what_does_not_select_the_application_does_not_apply() -> None:
    workspace = space(template("helm", 1, files=files("h")))

    assert compose(workspace, Product("trio"), Application("app")).applied == ()


def test_a_tie_goes_to_the_first_name_and_is_reported() -> None:
    workspace = space(
        template("b", 1, files=files("b"), version_source=version("same")),
        template("a", 1, files=files("a"), version_source=version("same")),
        template("c", 0, files=files("c")),
    )

    composed = compose(workspace, Product("trio"), APPLICATION)

    assert composed.files == files("a")
    (tie,) = composed.ties
    assert (tie.part, tie.winner.name, tie.other.name) == ("promote", "a", "b")
    masked = compose(workspace, Product("trio", promotion=PromotionSpec(files=files("i"))), APPLICATION)
    assert masked.ties == ()
