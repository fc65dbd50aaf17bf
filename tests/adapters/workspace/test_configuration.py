"""`promo.toml`: every key, every mistake, every place."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.workspace.cached_configuration import cached_configuration
from adapters.workspace.configuration import Configuration, GitConfiguration, LintChoice, LintConfiguration
from adapters.workspace.settings_file import read_configuration
from adapters.workspace.toml_places import toml_places
from engine.model.workspace import PriorityOrder
from grammar.span import SourceText

WHOLE = """\
priority = "lowest-wins"
sources = ["policies/**/*.promo", "apps/*.yaml"]
exclude = ["apps/old"]

[checkouts]
"https://example.com/apps.git" = "../apps"

[git]
fetch = false
timeout = "1m30s"
author = "Promo <promo@example.com>"
sign = "ssh:~/.ssh/promo"

[service]
url = "https://promo.example.com/p"

[store]
url = "env:SHOP_STORE"

[teams]
sre = ["ada@example.com", "Grace Hopper"]
nobody = []
"""


def test_nothing_means_the_defaults() -> None:
    assert read_configuration("", "promo.toml") == (Configuration(), ())
    assert read_configuration("# only a comment\n", "promo.toml") == (Configuration(), ())


def test_every_key_is_read() -> None:
    expected = Configuration(
        PriorityOrder.LOWEST_WINS,
        ("policies/**/*.promo", "apps/*.yaml"),
        ("apps/old",),
        {"https://example.com/apps.git": "../apps"},
        GitConfiguration(False, 90, "Promo <promo@example.com>", "ssh:~/.ssh/promo"),
        service_url="https://promo.example.com/p",
        store_url="env:SHOP_STORE",
        teams={"sre": ("ada@example.com", "Grace Hopper"), "nobody": ()},
    )
    assert read_configuration(WHOLE, "promo.toml") == (expected, ())
    assert cached_configuration(WHOLE, "promo.toml") == (expected, ())
    assert cached_configuration(WHOLE, "promo.toml") == (expected, ())


@pytest.mark.parametrize(
    ("text", "code", "message", "marked", "help_text"),
    [
        ("priorty = 1", "C004", "`priorty` is not a key of `promo.toml`", "priorty", "did you mean `priority`?"),
        (
            '[service]\nurl = "https://me:secret@promo.example.com"',
            "C005",
            "`url` is not an address such as `https://promo.example.com`, without credentials or query",
            '"https://me:secret@promo.example.com"',
            "",
        ),
        (
            '[store]\nurl = "postgresql://promo:s3cret@db/promo"',
            "C005",
            "a password does not belong into a file; say `env:NAME` and put the URL into that variable",
            '"postgresql://promo:s3cret@db/promo"',
            "",
        ),
        (
            '[store]\nurl = "mysql://db/promo"',
            "C005",
            "`mysql` is no kind of store; there are `postgresql` and `sqlite`",
            '"mysql://db/promo"',
            "",
        ),
        ('[store]\npath = "x"', "C004", "`path` is not a key of `[store]`", "path", "its keys are `url`"),
        ('[teams]\nsre = [" ada"]', "C005", "` ada` is not how somebody is called, such as an address", '[" ada"]', ""),
        (
            "[git]\nfech = true",
            "C004",
            "`fech` is not a key of `[git]`",
            "fech",
            "did you mean `fetch`?",
        ),
        (
            "git.zzzzz = true",
            "C004",
            "`zzzzz` is not a key of `[git]`",
            "git.zzzzz",
            "its keys are `fetch`, `timeout`, `author` and `sign`",
        ),
        ("git = { fech = 1 }", "C004", "`fech` is not a key of `[git]`", "git", "did you mean `fetch`?"),
        (
            'priority = "lowest-win"',
            "C005",
            "`priority` must be `highest-wins` or `lowest-wins`",
            '"lowest-win"',
            "did you mean `lowest-wins`?",
        ),
        ("priority = 1", "C005", "`priority` must be `highest-wins` or `lowest-wins`", "1", ""),
        ('sources = "*.promo"', "C005", "`sources` must be a list in brackets", '"*.promo"', ""),
        ("sources = [1]", "C005", "`sources` must be a text in quotes", "[1]", ""),
        (
            "sources = []",
            "C005",
            "`sources` must not be empty",
            "[]",
            "remove the key to read every `.promo` and YAML file",
        ),
        (
            'exclude = ["/etc/*"]',
            "C005",
            "the pattern `/etc/*` is absolute; patterns are relative to the workspace's folder",
            '["/etc/*"]',
            "",
        ),
        ('exclude = ["a/../b"]', "C005", "the pattern `a/../b` leads out of the workspace with `..`", '["a/../b"]', ""),
        (
            'exclude = ["a**b"]',
            "C005",
            "the pattern `a**b` joins `**` to a name; `**` stands alone between `/`",
            '["a**b"]',
            "",
        ),
        ("git = 1", "C005", "`git` must be a table", "1", ""),
        ('[git]\nfetch = "yes"', "C005", "`git.fetch` must be `true` or `false`", '"yes"', ""),
        ("[git]\ntimeout = 60", "C005", "`git.timeout` must be a text in quotes", "60", ""),
        ('[git]\ntimeout = "60"', "C005", "`60` is not a duration such as `60s` or `2m`", '"60"', ""),
        ('[git]\ntimeout = "0s"', "C005", "the timeout must be more than nothing and at most a day", '"0s"', ""),
        (
            '[git]\nauthor = "promo"',
            "C005",
            "`promo` is not a person of the form `Name <address@example.com>`",
            '"promo"',
            "",
        ),
        (
            '[git]\nauthor = "A <b> <c@d>"',
            "C005",
            "`A <b> <c@d>` is not a person of the form `Name <address@example.com>`",
            '"A <b> <c@d>"',
            "",
        ),
        ('[git]\nsign = "yes"', "C005", "`yes` is not `ssh:FILE`, `gpg:KEY` or `never`", '"yes"', ""),
        ('[git]\nsign = "gpg:-x"', "C005", "`gpg:-x` names no key", '"gpg:-x"', ""),
        (
            '[git]\nsign = "ssh:id_promo"',
            "C005",
            "the key file `id_promo` is neither absolute nor below `~/`",
            '"ssh:id_promo"',
            "",
        ),
        ('[git]\ntimeout = ""', "C005", "`` is not a duration such as `60s` or `2m`", '""', ""),
        ('[checkouts]\n"https://e.com/a.git" = ""', "C005", "a checkout is a folder's path", '""', ""),
        ("priority = ", "C003", "not valid TOML: invalid value", "", ""),
        ('a = "\n', "C003", "not valid TOML: illegal character '\\n'", "\n", ""),
    ],
)
def test_mistakes(text: str, code: str, message: str, marked: str, help_text: str) -> None:
    configuration, found = read_configuration(text, "promo.toml")
    assert configuration == Configuration()
    assert [(one.code, one.message, one.help) for one in found] == [(code, message, help_text)]
    span = found[0].span
    assert span.source == "promo.toml"
    assert text[span.start : span.end] == marked


def test_an_address_that_is_none_is_marked_at_the_key() -> None:
    text = '[checkouts]\n"https://a b" = "x"\n'
    _, found = read_configuration(text, "promo.toml")
    assert [one.code for one in found] == ["C005"]
    assert text[found[0].span.start : found[0].span.end] == '"https://a b"'


def test_all_mistakes_are_reported_at_once() -> None:
    _, found = read_configuration('priority = "x"\nsources = 1\nnew = 2\n[git]\nfetch = 3\n', "promo.toml")
    assert sorted(one.code for one in found) == ["C004", "C005", "C005", "C005"]


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "[" * 5000, "a = " + "{a=" * 5000, "x" * 300_000])
def test_hostile_texts_are_refused(text: str) -> None:
    configuration, found = read_configuration(text, "promo.toml")
    assert configuration == Configuration()
    assert [one.code for one in found] in (["C003"], ["C009"])


@given(st.text(max_size=60) | st.text(alphabet="ab.=\"[]{}\n#'\\, 1", max_size=40))
@example('"a\\\\" = 1')
@example("a = '''x\n= y'''\nb = 1")
def test_any_text_gives_a_configuration_or_diagnostics(text: str) -> None:
    configuration, found = read_configuration(text, "promo.toml")
    assert found == () or configuration == Configuration()
    lines = SourceText("promo.toml", text)
    for one in found:
        assert one.span.source == "promo.toml"
        assert lines.position(one.span.start).line >= 1


def test_places_of_keys_and_values() -> None:
    text = (
        "top = [ # one\n  \"a]\", 'b',\n] # end\n[table.inner]\n"
        '"quoted key" = """x\n] = y"""\na . b = { c = 1, d = [2] }\n'
    )
    places = toml_places(text, "t")

    def marked(span: object) -> str:
        assert span is not None
        return text[span.start : span.end]

    assert marked(places.value(("top",))) == "[ # one\n  \"a]\", 'b',\n]"
    assert marked(places.key(("table", "inner"))) == "table.inner"
    assert marked(places.key(("table", "inner", "quoted key"))) == '"quoted key"'
    assert marked(places.value(("table", "inner", "quoted key"))) == '"""x\n] = y"""'
    assert marked(places.key(("table", "inner", "a", "b"))) == "a . b"
    assert marked(places.value(("table", "inner", "a", "b", "c"))) == "{ c = 1, d = [2] }"
    assert places.key(("nowhere",)) is None


@pytest.mark.parametrize(
    ("text", "code", "message", "marked"),
    [
        ("[lint]\nselct = []\n", "C004", "`selct` is not a key of `[lint]`", "selct"),
        ('[lint]\nselect = ["yoda"]\n', "C005", "there is no rule `yoda`", '["yoda"]'),
        ('[lint.severity]\nL999 = "error"\n', "C005", "there is no rule `L999`", "L999"),
        (
            '[lint.severity]\nL304 = "bad"\n',
            "C005",
            "`lint.severity.L304` must be `error`, `warning` or `info`",
            '"bad"',
        ),
        (
            '[lint]\nfail-level = "on"\n',
            "C005",
            "`lint.fail-level` must be `error`, `warning`, `info` or `never`",
            '"on"',
        ),
        ("[lint]\nfile-lines = 1.5\n", "C005", "`lint.file-lines` must be a whole number", "1.5"),
        ("[[lint.paths]]\nignore = []\n", "C005", "`lint.paths.match` is missing", "lint.paths"),
        ('[[lint.paths]]\nmatch = ["/x"]\n', "C005", "the pattern `/x` is absolute", '["/x"]'),
        ('[lint]\nbaseline = "../x"\n', "C005", "the baseline `../x` leads out of the workspace", '"../x"'),
    ],
)
def test_what_is_wrong_with_the_lint_table(text: str, code: str, message: str, marked: str) -> None:
    configuration, (found,) = read_configuration(text, "promo.toml")
    assert configuration == Configuration()
    assert found.code == code
    assert found.message.startswith(message)
    assert text[found.span.start : found.span.end] == marked


def test_the_lint_table_is_read() -> None:
    text = """
[lint]
select = ["default", "L314"]
ignore = ["M032"]
severity = { style = "info" }
fail-level = "never"
file-lines = 99
owner-labels = ["squad"]
baseline = "known.json"
[[lint.paths]]
match = ["old/**"]
select = []
"""
    configuration, found = read_configuration(text, "promo.toml")
    assert found == ()
    assert configuration.lint == LintConfiguration(
        LintChoice(("default", "L314"), ("M032",), (("style", "info"),)),
        ((("old/**",), LintChoice(())),),
        "known.json",
        "never",
        99,
        ("squad",),
    )
