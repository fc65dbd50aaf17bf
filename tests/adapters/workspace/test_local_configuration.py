"""`[workflows]` and `[applications]` of `promo.toml`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from adapters.local.configured import local_applications, local_settings, local_workflows, state_folder
from adapters.local.running.settings import LocalSettings
from adapters.workspace import find_and_load
from adapters.workspace.cached_configuration import cached_configuration
from adapters.workspace.configuration import AdaptersConfiguration, LocalConfiguration
from adapters.workspace.settings_file import read_configuration
from tests.support.changes import TickingClock

WHOLE = """\
[workflows]
adapter = "local"

[workflows.local]
timeout = "2h"
step-timeout = "1m30s"
output-limit = "500kB"
isolation = "landlock"
readable = ["/opt/tools", "tools"]
writable = ["out"]
pass-environment = ["TOKEN"]
memory = "512MB"
file-size = "10MB"
processes = 32
keep = "90d"

[workflows.local.images]
"registry.example.com/shop/*" = "host"
"other:1" = "./run-other"

[applications]
adapter = "local"

[applications.local]
check = ["helm", "lint", "."]
timeout = "1m"
"""


def test_every_key_is_read() -> None:
    local = LocalConfiguration(
        timeout=7200,
        step_timeout=90,
        output_limit=500_000,
        isolation="landlock",
        readable=("/opt/tools", "tools"),
        writable=("out",),
        pass_environment=("TOKEN",),
        images=(("registry.example.com/shop/*", "host"), ("other:1", "./run-other")),
        memory=512_000_000,
        file_size=10_000_000,
        processes=32,
        keep=90 * 86_400,
    )
    expected = AdaptersConfiguration("local", local, "local", ("helm", "lint", "."), 60)
    configuration, found = read_configuration(WHOLE, "promo.toml")
    assert (configuration.adapters, found) == (expected, ())
    assert [cached_configuration(WHOLE, "promo.toml")[0].adapters for _ in range(2)] == [expected] * 2


def test_without_them_nothing_runs_and_the_defaults_are_those_of_the_adapter() -> None:
    adapters = read_configuration("", "promo.toml")[0].adapters
    assert (adapters.workflows, adapters.applications) == ("", "")
    assert LocalSettings(**adapters.local._asdict()) == LocalSettings()
    written = '[workflows.local]\ntimeout = "1h"\n'
    assert read_configuration(written, "promo.toml")[0].adapters.local == LocalConfiguration()


@pytest.mark.parametrize(
    ("text", "code", "message", "help"),
    [
        (
            '[workflows]\nadaptor = "local"',
            "C004",
            "`adaptor` is not a key of `[workflows]`",
            "did you mean `adapter`?",
        ),
        ('[workflows]\nadapter = "locl"', "C005", "`workflows.adapter` must be `local`", "did you mean `local`?"),
        (
            '[workflows.local]\ntimeouts = "1h"',
            "C004",
            "`timeouts` is not a key of `[workflows.local]`",
            "did you mean `timeout`?",
        ),
        ('[workflows.local]\ntimeout = "1 hour"', "C005", "`1 hour` is not a duration such as `60s` or `2m`", ""),
        ('[workflows.local]\ntimeout = "0s"', "C005", "the timeout must be more than nothing and at most a day", ""),
        ('[workflows.local]\nkeep = "1h"', "C005", "what has ended must be kept for a day at least", ""),
        ('[workflows.local]\nmemory = "2 gigs"', "C005", "`2 gigs` is not a size such as `500kB`, `10MB` or `2GB`", ""),
        ("[workflows.local]\nmemory = 3", "C005", "`workflows.local.memory` must be a text in quotes", ""),
        (
            '[workflows.local]\nisolation = "lax"',
            "C005",
            "`workflows.local.isolation` must be `auto`, `namespaces`",
            "",
        ),
        ('[workflows.local]\npass-environment = ["A-B"]', "C005", "`A-B` is not the name of a variable", ""),
        ('[workflows.local]\nreadable = [""]', "C005", "it must be a path", ""),
        ("[workflows.local]\nprocesses = 0", "C005", "`workflows.local.processes`: input should be greater", ""),
        ('[workflows.local.images]\n"a" = "docker"', "C005", "`docker` must be `host`, or the path of a program", ""),
        (
            "[applications.local]\nchek = []",
            "C004",
            "`chek` is not a key of `[applications.local]`",
            "did you mean `check`?",
        ),
    ],
)
def test_mistakes_have_their_place(text: str, code: str, message: str, help: str) -> None:
    _, (found,) = read_configuration(text, "promo.toml")
    assert found.code == code
    assert found.message.startswith(message)
    assert found.help == help
    assert text.count("\n", 0, found.span.start) == 1


def test_paths_are_taken_from_the_workspace(tmp_path: Path) -> None:
    folder = Path(os.path.realpath(tmp_path))
    (folder / "promo.toml").write_text(WHOLE)
    loaded = find_and_load(folder)
    settings = local_settings(loaded)
    assert settings.readable == ("/opt/tools", f"{folder}/tools")
    assert settings.writable == (f"{folder}/out",)
    assert settings.images == (("registry.example.com/shop/*", "host"), ("other:1", f"{folder}/run-other"))
    assert state_folder(loaded) == folder / ".promo/workflows"
    assert local_workflows(loaded) is not None
    assert local_applications(loaded, lambda: pytest.fail("not asked yet"), TickingClock()) is not None
