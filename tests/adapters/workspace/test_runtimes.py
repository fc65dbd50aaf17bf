"""`[runtimes.NAME]` of `promo.toml`: every key, every mistake, and which runtime looks after an application."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.argocd.configured import ArgoCdConfiguration
from adapters.workflows.configured import WorkflowsConfiguration
from adapters.workspace import load
from adapters.workspace.cached_configuration import cached_configuration
from adapters.workspace.configuration import RuntimeConfiguration
from adapters.workspace.runtimes import NoRuntimeError, control_runtime, runtime_of, runtimes_of
from adapters.workspace.settings_file import read_configuration
from engine.model.argo import Application
from engine.model.entities import Cluster, Environment, EnvironmentKind
from engine.model.workspace import Workspace

ONE = '[runtimes.main.argocd]\nurl = "https://argocd.example.com"\ntoken = "env:ARGOCD_TOKEN"\n'
TWO = """\
[runtimes.main]
environments = ["dev", "qa"]
control = true

[runtimes.main.argocd]
url = "https://argocd.example.com/root/"
token = "file:/run/secrets/argocd"
ca = "ca.pem"
timeout = "1m"

[runtimes.main.workflows]
url = "https://argo.example.com:2746/argo/"
namespace = "promotions"
token = "env:ARGO_TOKEN"
ca = "ca.pem"
service-account = "promo-runs"

[runtimes.eu]
clusters = ["eu-1", "in-cluster"]

[runtimes.eu.argocd]
kubernetes = { context = "eu", namespace = "gitops" }

[runtimes.eu.workflows]
namespace = "promotions"
insecure = false
kubernetes = { context = "eu" }
"""


def test_every_key_is_read_and_kept() -> None:
    expected = (
        RuntimeConfiguration(
            "main",
            ("dev", "qa"),
            (),
            True,
            ArgoCdConfiguration(
                "https://argocd.example.com/root", "file:/run/secrets/argocd", "ca.pem", False, 60, "", "argocd"
            ),
            WorkflowsConfiguration(
                "promotions",
                "https://argo.example.com:2746/argo",
                "env:ARGO_TOKEN",
                "ca.pem",
                service_account="promo-runs",
            ),
        ),
        RuntimeConfiguration(
            "eu",
            (),
            ("eu-1", "in-cluster"),
            False,
            ArgoCdConfiguration(context="eu", namespace="gitops"),
            WorkflowsConfiguration("promotions", context="eu"),
        ),
    )
    configuration, found = read_configuration(TWO, "promo.toml")
    assert (configuration.adapters.runtimes, found) == (expected, ())
    assert [cached_configuration(TWO, "promo.toml")[0].adapters.runtimes for _ in range(2)] == [expected] * 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[runtimes.a]\nenvironment = ["dev"]', "`environment` is not a key of `[runtimes.a]`"),
        ('[runtimes.a.argocd]\ntokn = "x"', "`tokn` is not a key of `[runtimes.a.argocd]`"),
        (
            '[runtimes.a.argocd.kubernetes]\ncontex = "x"',
            "`contex` is not a key of `[runtimes.a.argocd.kubernetes]`",
        ),
        ("[runtimes.a]\nenvironments = []", "`runtimes.a.environments` must not be empty"),
        ("[runtimes.a.argocd]", "an Argo CD is reached by `url` and `token`, or by `kubernetes`: say one of them"),
        ('[runtimes.a.argocd]\nurl = "https://a"', "`url` needs a `token`"),
        (
            '[runtimes.a.argocd]\nurl = "https://a"\ntoken = "eyJhbGciOi"',
            "a secret is not written down; say `env:NAME` or `file:PATH`",
        ),
        (
            '[runtimes.a.argocd]\nurl = "http://argocd.example.com"\ntoken = "env:A"',
            "`url` must begin with `https://`",
        ),
        ('[runtimes.a.argocd]\nurl = "https://u:p@a"\ntoken = "env:A"', "without credentials or query"),
        (
            '[runtimes.a.argocd]\nurl = "https://a"\ntoken = "env:A"\nca = "ca.pem"\ninsecure = true',
            "`insecure` looks at no certificate",
        ),
        ("[runtimes.a.argocd]\nkubernetes = {}\ninsecure = true", "belong to `url`"),
        (
            '[runtimes.a.argocd]\nurl = "https://a"\ntoken = "env:A"\ntimeout = "1h"',
            "`1h` is not a duration between `1s` and `10m`",
        ),
        (
            '[runtimes.a]\nenvironments = ["dev"]\ncontrol = true\n[runtimes.b]\nenvironments = ["dev"]',
            "the runtimes `a` and `b` both claim the environment `dev`",
        ),
        (
            '[runtimes.a]\nclusters = ["eu"]\ncontrol = true\n[runtimes.b]\nclusters = ["eu"]',
            "the runtimes `a` and `b` both claim the cluster `eu`",
        ),
        (
            '[runtimes.a]\nclusters = ["eu"]\n[runtimes.b]\nclusters = ["us"]',
            "none of the runtimes says `control = true`",
        ),
        (
            '[runtimes.a]\nclusters = ["eu"]\ncontrol = true\n[runtimes.b]\nclusters = ["us"]\ncontrol = true',
            "`a` and `b` both say `control = true`",
        ),
        (
            '[runtimes.a]\nclusters = ["eu"]\n[runtimes.b]\ncontrol = true',
            "the runtime `b` says neither `environments` nor `clusters`, and is not alone",
        ),
        ('[runtimes.a.workflows]\nurl = "https://a"\ntoken = "env:A"', "`runtimes.a.workflows.namespace` is missing"),
        ('[runtimes.a.workflows]\nnamespace = "A b"\nkubernetes = {}', "`A b` is not the name of a namespace"),
        ('[runtimes.a.workflows]\nnamespace = "a"', "an Argo Workflows is reached by `url` and `token`, or by `kubern"),
        ('[runtimes.a.workflows]\nnamespace = "a"\nurl = "https://a"', "`url` needs a `token`"),
        ('[runtimes.a.workflows]\nnamespace = "a"\nkubernetes = {}\nca = "a"', "belong to `url`"),
        (
            '[runtimes.a.workflows]\nnamespace = "a"\nkubernetes = {}\nservice-acount = "a"',
            "`service-acount` is not a key of `[runtimes.a.workflows]`",
        ),
        (
            '[runtimes.a.workflows]\nnamespace = "a"\nkubernetes = { namespace = "a" }',
            "`namespace` is not a key of `[runtimes.a.workflows.kubernetes]`",
        ),
        (
            '[workflows]\nadapter = "local"\n[runtimes.a.workflows]\nnamespace = "a"\nkubernetes = {}',
            "both say what runs promotion workflows; keep one of them",
        ),
        (f'[applications]\nadapter = "local"\n{ONE}', "keep one of them"),
    ],
)
def test_mistakes(text: str, message: str) -> None:
    _, found = read_configuration(text, "promo.toml")
    assert [message in diagnostic.message for diagnostic in found] == [True], [one.message for one in found]
    assert "eyJhbGciOi" not in found[0].message


def environment(name: str, *clusters: str) -> Environment:
    return Environment(name, EnvironmentKind.NON_PROD, tuple(Cluster(one) for one in clusters))


def test_which_runtime_looks_after_an_application() -> None:
    two, _ = read_configuration(TWO, "promo.toml")
    here = Application("shop", server="https://kubernetes.default.svc")
    there = Application("shop", cluster="eu-1")
    assert runtime_of(two, environment("qa", "eu-1"), there) == "main"
    assert runtime_of(two, environment("prod"), there) == "eu"
    assert runtime_of(two, environment("prod"), here) == "eu"
    assert runtime_of(two, environment("prod", "in-cluster"), Application("shop", cluster="us-1")) == "eu"
    with pytest.raises(NoRuntimeError, match="no runtime looks after the environment `prod`"):
        runtime_of(two, environment("prod", "us-1"), Application("shop", cluster="us-1"))
    assert control_runtime(two) == "main"
    asked = runtimes_of(two, Workspace(environments={"prod": environment("prod")}))
    assert asked("prod", there) == "eu"


def test_one_runtime_looks_after_everything_and_none_has_no_name() -> None:
    one, _ = read_configuration(ONE, "promo.toml")
    assert runtime_of(one, environment("prod"), Application("shop", cluster="eu-1")) == "main"
    assert control_runtime(one) == "main"
    none, _ = read_configuration("", "promo.toml")
    assert (runtime_of(none, environment("prod"), Application("shop")), control_runtime(none)) == ("", "")


def test_names_are_held_against_what_is_declared(tmp_path: Path) -> None:
    (tmp_path / "promo.toml").write_text(TWO.replace('"qa"', '"qq"'), encoding="utf-8")
    (tmp_path / "all.promo").write_text(
        "environment dev { kind non-prod }\n"
        "environment qa { kind non-prod  cluster us-1 }\n"
        "environment prod { kind prod  cluster eu-1 }\n",
        encoding="utf-8",
    )
    found = [(one.code, one.message, one.help) for one in load(tmp_path).diagnostics]
    assert found == [
        ("C013", "no runtime looks after the environment `qa`", found[0][2]),
        ("C012", "there is no environment `qq`", "did you mean `qa`?"),
        ("C012", "there is no cluster of an environment or an application `in-cluster`", found[2][2]),
    ]
