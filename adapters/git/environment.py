"""The environment Git runs in: predictable, unable to ask a person, and limited to named transports."""

from __future__ import annotations

from collections.abc import Mapping

NETWORK = ("https", "http", "ssh", "git")
"""The transports a fetch may use."""

_KEPT = ("GIT_CONFIG_", "GIT_SSL_", "GIT_SSH", "GIT_HTTP_", "GIT_EXEC_PATH", "GIT_PROXY_")
_DROPPED = ("GIT_CONFIG_PARAMETERS", "SSH_ASKPASS", "DISPLAY", "LANGUAGE", "LC_MESSAGES", "LANG")

ARGUMENTS = (
    "--no-pager",
    "--no-optional-locks",
    "--no-replace-objects",
    "--literal-pathspecs",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "safe.bareRepository=all",
    "-c",
    "fetch.recurseSubmodules=false",
    "-c",
    "transfer.credentialsInUrl=allow",
    "-c",
    "credential.interactive=never",
)
"""What every Git command starts with.

``safe.bareRepository=all`` is safe because a bare repository is only opened at the exact path that was asked for,
only by commands that run nothing its configuration names, and never fetches.
"""


def git_environment(
    inherited: Mapping[str, str], *, protocols: tuple[str, ...] = (), config: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the environment for a Git process.

    Variables that redirect Git (``GIT_DIR``, ``GIT_INDEX_FILE``, ``GIT_TRACE`` and so on) are dropped; those that say
    how to reach a server and which configuration files to read stay. Nothing can prompt: not Git, not an askpass
    program, not a credential manager. Programs that supply credentials must therefore be credential helpers or an ssh
    agent.

    Args:
        inherited: this process's environment.
        protocols: the transports Git may use; none means that it cannot reach any other repository, which also stops a
            partial clone from fetching objects on demand.
        config: settings that must not stand on the command line, for instance because they hold credentials. They are
            added after settings that ``GIT_CONFIG_COUNT`` already passes.
    """
    environment = {
        name: value
        for name, value in inherited.items()
        if name not in _DROPPED and (not name.startswith("GIT_") or name.startswith(_KEPT))
    }
    environment |= {
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "SSH_ASKPASS_REQUIRE": "never",
        "GCM_INTERACTIVE": "never",
        "GIT_ALLOW_PROTOCOL": ":".join(protocols) or "none",
    }
    if not protocols:
        environment["GIT_NO_LAZY_FETCH"] = "1"
    if config:
        _add_config(environment, config)
    return environment


def _add_config(environment: dict[str, str], config: Mapping[str, str]) -> None:
    given = environment.get("GIT_CONFIG_COUNT", "0")
    count = int(given) if given.isdecimal() else 0
    for number, (name, value) in enumerate(config.items(), count):
        environment[f"GIT_CONFIG_KEY_{number}"] = name
        environment[f"GIT_CONFIG_VALUE_{number}"] = value
    environment["GIT_CONFIG_COUNT"] = str(count + len(config))
