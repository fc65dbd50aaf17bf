"""Where applications belong."""

from __future__ import annotations

import pytest

from engine.model.argo import IN_CLUSTER_SERVER, PRODUCT_KEY, Application, Hydrator, Source
from engine.model.entities import Cluster, Environment, EnvironmentKind, Product
from engine.model.workspace import Workspace
from engine.resolve import ApplicationMap, touched


def space(
    *applications: Application,
    products: tuple[Product, ...] = (Product("trio"),),
    environments: tuple[Environment, ...] = (),
) -> Workspace:
    return Workspace(
        products={product.name: product for product in products},
        environments={environment.name: environment for environment in environments or (environment_of("dev"),)},
        applications={application.key: application for application in applications},
    )


def environment_of(name: str, *clusters: Cluster) -> Environment:
    return Environment(name, EnvironmentKind.NON_PROD, clusters or (Cluster("in-cluster"),))


def of_trio(name: str = "app", /, **more: object) -> Application:
    return Application(name, annotations={PRODUCT_KEY: "trio"}, **{"cluster": "in-cluster", **more})  # type: ignore[arg-type]


def codes(found: ApplicationMap) -> list[str]:
    return [diagnostic.code for diagnostic in found.diagnostics]


# --- products ------------------------------------------------------------------------------------


def test_the_annotation_the_older_label_and_the_product_s_list() -> None:
    listing = Product("trio", applications=("by-list", "ns/by-key"))
    found = ApplicationMap(
        space(
            of_trio("by-annotation"),
            Application("by-label", labels={PRODUCT_KEY: "trio"}, cluster="in-cluster"),
            Application("by-list", cluster="in-cluster"),
            Application("by-key", "ns", cluster="in-cluster"),
            Application("by-key", "other", cluster="in-cluster"),
            products=(listing,),
        )
    )

    assert [application.key for application in found.of("trio", "dev")] == [
        "by-annotation", "by-label", "by-list", "ns/by-key",
    ]  # fmt: skip
    assert [(one.application.key, one.reasons) for one in found.unassigned] == [
        ("other/by-key", (f"it has no annotation `{PRODUCT_KEY}`, and no product lists it",))
    ]
    assert found.diagnostics == ()
    assert found.of("trio", "prod") == ()
    assert found.environments_of("trio") == ("dev",)


def test_the_annotation_counts_before_the_label() -> None:
    both = Application("a", annotations={PRODUCT_KEY: "trio"}, labels={PRODUCT_KEY: "duo"}, cluster="in-cluster")
    found = ApplicationMap(space(both, products=(Product("trio"), Product("duo"))))

    assert found.of("trio", "dev") == (both,)
    assert codes(found) == ["R001"]


def test_an_application_s_own_word_counts_before_another_product_s_list() -> None:
    found = ApplicationMap(space(of_trio(), products=(Product("trio"), Product("duo", applications=("app",)))))

    assert len(found.of("trio", "dev")) == 1
    assert found.of("duo", "dev") == ()
    assert codes(found) == ["R002"]
    assert found.diagnostics[0].is_error


def test_a_product_that_lists_what_says_so_itself_is_no_conflict() -> None:
    found = ApplicationMap(space(of_trio(), products=(Product("trio", applications=("app",)),)))

    assert len(found.of("trio", "dev")) == 1
    assert found.diagnostics == ()


def test_two_lists_leave_an_application_without_a_product() -> None:
    lists = tuple(Product(name, applications=("app",)) for name in ("trio", "duo"))
    found = ApplicationMap(space(Application("app", cluster="in-cluster"), products=lists))

    assert found.assignments["app"].product is None
    assert codes(found) == ["R004"]


def test_a_product_that_is_not_declared_is_reported() -> None:
    found = ApplicationMap(space(Application("lost", annotations={PRODUCT_KEY: "tri"}, cluster="in-cluster")))

    (finding,) = found.diagnostics
    assert (finding.code, finding.is_error, finding.help) == ("R003", False, "did you mean `trio`?")
    assert found.assignments["lost"].reasons == ("its product `tri` is not declared",)


def test_an_entry_of_a_list_counts_when_it_stands_for_one_application() -> None:
    product = Product("trio", applications=("missing", "twice", "exact"))
    applications = [
        Application(name, namespace, cluster="in-cluster") for name in ("twice", "exact") for namespace in ("a", "b")
    ]
    exact = Application("exact", cluster="in-cluster")
    found = ApplicationMap(space(*applications, exact, products=(product,)))

    assert found.of("trio", "dev") == (exact,)
    assert found.diagnostics == ()


# --- environments --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cluster", "destination"),
    [
        ("in-cluster", {"server": IN_CLUSTER_SERVER, "cluster": None}),
        (IN_CLUSTER_SERVER, {"cluster": "in-cluster"}),
        (f"{IN_CLUSTER_SERVER}/", {"cluster": "in-cluster"}),
        ("eu-1", {"cluster": "eu-1"}),
        ("https://eu", {"server": "https://eu/", "cluster": None}),
    ],
)
def test_a_cluster_by_name_or_address(cluster: str, destination: dict[str, object]) -> None:
    found = ApplicationMap(space(of_trio(**destination), environments=(environment_of("e", Cluster(cluster)),)))

    assert len(found.of("trio", "e")) == 1


def test_the_environment_that_names_the_namespace_comes_before_one_that_takes_all() -> None:
    environments = (
        environment_of("all", Cluster("in-cluster")),
        environment_of("some", Cluster("in-cluster", ("x", "y"))),
    )
    found = ApplicationMap(
        space(
            of_trio("in-x", target_namespace="x"),
            of_trio("in-z", target_namespace="z"),
            of_trio("in-none"),
            environments=environments,
        )
    )

    assert [application.name for application in found.of("trio", "some")] == ["in-x"]
    assert [application.name for application in found.of("trio", "all")] == ["in-none", "in-z"]
    assert found.diagnostics == ()


@pytest.mark.parametrize("namespaces", [(), ("x",)])
def test_two_environments_that_map_the_same_place_are_an_error(namespaces: tuple[str, ...]) -> None:
    environments = tuple(environment_of(name, Cluster("in-cluster", namespaces)) for name in ("one", "two"))
    found = ApplicationMap(space(of_trio(target_namespace="x"), environments=environments))

    assert codes(found) == ["R005"]
    assert found.assignments["app"].environment is None
    assert found.assignments["app"].reasons == ("`one` and `two` both map it",)


def test_an_environment_that_maps_a_place_twice_is_one_environment() -> None:
    twice = environment_of("dev", Cluster("in-cluster", ("x",)), Cluster(IN_CLUSTER_SERVER, ("x",)))
    found = ApplicationMap(space(of_trio(target_namespace="x"), environments=(twice,)))

    assert len(found.of("trio", "dev")) == 1
    assert found.diagnostics == ()


@pytest.mark.parametrize(
    ("destination", "reason"),
    [
        ({"cluster": None}, "it has no destination cluster"),
        ({"cluster": "moon"}, "no environment spans its cluster `moon`"),
        ({"target_namespace": "z"}, "no environment maps namespace `z` of cluster `in-cluster`"),
        ({}, "it names no namespace, and no environment takes every namespace of cluster `in-cluster`"),
    ],
)
def test_an_application_outside_every_environment(destination: dict[str, object], reason: str) -> None:
    environments = (environment_of("dev", Cluster("in-cluster", ("x",))),)
    found = ApplicationMap(space(of_trio(**destination), environments=environments))

    assert [one.reasons for one in found.unassigned] == [(reason,)]
    assert found.diagnostics == ()


# --- what a commit touches -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ((Source("r", "apps/dev"),), ("apps/dev/values.yaml",)),
        ((Source("r", "apps/d"),), ()),
        ((Source("r", ""),), ("README.md", "apps/dev/values.yaml")),
        ((Source("r", "x"), Source("r", "apps")), ("apps/dev/values.yaml",)),
        ((Source("charts", chart="nginx"),), ()),
        ((), ()),
    ],
)
def test_paths_below_a_source(sources: tuple[Source, ...], expected: tuple[str, ...]) -> None:
    assert touched(Application("a", sources=sources), ("README.md", "apps/dev/values.yaml")) == expected


def test_of_a_hydrated_application_the_dry_source_counts() -> None:
    application = Application("a", hydrator=Hydrator(Source("r", "dry"), "env/dev", "wet"))

    assert touched(application, ("dry/x", "wet/x")) == ("dry/x",)
