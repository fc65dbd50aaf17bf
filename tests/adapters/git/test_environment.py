from __future__ import annotations

from adapters.git.environment import git_environment


def test_what_redirects_git_is_dropped_and_what_reaches_servers_stays() -> None:
    redirecting = dict.fromkeys(
        (
            "GIT_DIR",
            "GIT_WORK_TREE",
            "GIT_INDEX_FILE",
            "GIT_OBJECT_DIRECTORY",
            "GIT_NAMESPACE",
            "GIT_ALTERNATE_OBJECT_DIRECTORIES",
            "GIT_CONFIG_PARAMETERS",
            "GIT_TRACE",
            "GIT_EXTERNAL_DIFF",
            "GIT_CEILING_DIRECTORIES",
        ),
        "x",
    )
    kept = {"PATH": "/bin", "HOME": "/h", "GIT_SSL_CAINFO": "/ca", "GIT_CONFIG_GLOBAL": "/c", "https_proxy": "p"}
    found = git_environment(redirecting | kept)
    assert not redirecting.keys() & found.keys()
    assert kept.items() <= found.items()


def test_nothing_can_ask_a_person() -> None:
    asking = {
        "GIT_ASKPASS": "/gui",
        "SSH_ASKPASS": "/gui",
        "DISPLAY": ":0",
        "GIT_TERMINAL_PROMPT": "1",
        "LANG": "de_DE",
    }
    found = git_environment(asking)
    assert (found["GIT_TERMINAL_PROMPT"], found["GIT_ASKPASS"], found["LC_ALL"]) == ("0", "", "C")
    assert "SSH_ASKPASS" not in found
    assert "DISPLAY" not in found


def test_without_transports_nothing_can_be_fetched() -> None:
    assert git_environment({"GIT_ALLOW_PROTOCOL": "ext"})["GIT_ALLOW_PROTOCOL"] == "none"
    assert git_environment({})["GIT_NO_LAZY_FETCH"] == "1"
    online = git_environment({"GIT_NO_LAZY_FETCH": "1"}, protocols=("https", "ssh"))
    assert online["GIT_ALLOW_PROTOCOL"] == "https:ssh"
    assert "GIT_NO_LAZY_FETCH" not in online


def test_settings_are_added_to_those_already_passed() -> None:
    given = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    found = git_environment(given, config={"a.b": "c"})
    assert found["GIT_CONFIG_COUNT"] == "2"
    assert (found["GIT_CONFIG_KEY_0"], found["GIT_CONFIG_VALUE_0"]) == ("safe.directory", "*")
    assert (found["GIT_CONFIG_KEY_1"], found["GIT_CONFIG_VALUE_1"]) == ("a.b", "c")
