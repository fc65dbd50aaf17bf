from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.git.address import (
    AddressError,
    LocalAddress,
    RemoteAddress,
    normalise,
    parse_address,
    redact,
    redact_text,
)

SAME = [
    (
        "github.com/acme/trio",
        [
            *("https://github.com/acme/trio", "https://github.com/acme/trio.git", "https://GitHub.com/acme/trio/"),
            *(
                "https://github.com/acme/trio.git/",
                "https://github.com:443/acme/trio",
                "https://me:pw@github.com/acme/trio",
            ),
            *("git@github.com:acme/trio.git", "git@GITHUB.com:/acme/trio", "ssh://git@github.com/acme/trio.git"),
            *("ssh://git@github.com:22/acme/trio", "git+ssh://git@github.com/acme/trio", "github.com:acme/trio.git"),
            *("http://github.com:80/acme//trio", "git://github.com/acme/trio", "https://github.com/acme/tri%6f"),
        ],
    ),
    ("host:7999/a/b", ["ssh://git@host:7999/a/b.git", "https://HOST:7999/a/b"]),
    ("[::1]:8080/x", ["http://[::1]:8080/x.git", "http://u@[::1]:8080/x"]),
    ("[::1]/x", ["git@[::1]:x.git", "ssh://[::1]/x"]),
    ("file:/srv/a", ["/srv/a", "/srv/a/", "/srv//a", "/srv/./a", "file:///srv/a", "file://localhost/srv/a/"]),
    ("file:/srv/a b", ["/srv/a b", "file:///srv/a%20b"]),
    ("file:repos/a", ["repos/a", "./repos/a/"]),
    ("file:../a", ["../a", "./../a"]),
]


@pytest.mark.parametrize(("key", "spellings"), SAME)
def test_spellings_of_one_repository_have_one_key(key: str, spellings: list[str]) -> None:
    assert {spelling: normalise(spelling) for spelling in spellings} == dict.fromkeys(spellings, key)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://h/a/b", "https://h/a/B"),
        ("https://h/a", "https://h/a.git.git"),
        ("https://h:8443/a", "https://h/a"),
        ("https://h/a", "https://h.example/a"),
        ("/srv/a", "/srv/a.git"),
        ("/srv/a", "srv/a"),
        ("https://h/a/b", "/h/a/b"),
    ],
)
def test_different_repositories_have_different_keys(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "empty"),
        ("-u./evil", "option"),
        ("--upload-pack=touch x", "option"),
        ("ext::sh -c touch% /tmp/x", "helper"),
        ("fd::17", "helper"),
        ("https::https://h/a", "helper"),
        ("ftp://h/a", "`ftp` is not allowed"),
        ("rsync://h/a", "not allowed"),
        ("javascript://h/a", "not allowed"),
        ("https://h", "no repository path"),
        ("https://h/.git", "no repository path"),
        ("https:///a", "no host"),
        ("https://h:port/a", "malformed"),
        ("https://h:99999/a", "malformed"),
        ("https://[::1/a", "malformed"),
        ("ssh://-oProxyCommand=x/a", "option"),
        ("ssh://-oProxyCommand=x@h/a", "option"),
        ("-oProxyCommand=x:a", "option"),
        ("git@-oProxyCommand=x:a", "option"),
        ("git@h:-a", "option"),
        ("https://h/a\nb", "control"),
        ("https://h/a%0ab", "control"),
        ("h:a\0", "control"),
        ("https://h\\@evil/a", "backslash"),
        ("file://server/share", "on this machine"),
        ("file:///a%00b", "NUL"),
        ("https://h/" + "a" * 3000, "longer"),
    ],
)
def test_addresses_that_are_refused(url: str, why: str) -> None:
    with pytest.raises(AddressError, match=why):
        parse_address(url)


@pytest.mark.parametrize("url", ["/srv/a", "./a", "../a", "a", "a/b:c", "./h:a", "file:///srv/a"])
def test_paths_are_local(url: str) -> None:
    assert isinstance(parse_address(url), LocalAddress)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://h/a", "https://h/a"),
        ("https://user:s3cret@h/a.git", "https://h/a.git"),
        ("https://s3cret@h:8443/a", "https://h:8443/a"),
        ("https://user:p@s3cret@h/a", "https://h/a"),
        ("https://h/a?private_token=s3cret#s3cret", "https://h/a"),
        ("ssh://git@h/a", "ssh://git@h/a"),
        ("ssh://git:s3cret@h:7999/a", "ssh://git@h:7999/a"),
        ("git@h:a", "git@h:a"),
        ("ftp://user:s3cret@h/a", "ftp://h/a"),
        ("https://user:s3cret/x@h/a", "https://h/a"),
        ("https://user:s3cret@h:port/a", "https://h:port/a"),
        ("https://user:s3cret@h/a\n", "https://h/a?"),
        ("ext::https://user:s3cret@h/a", "ext::h/a"),
        ("/srv/a@b", "/srv/a@b"),
    ],
)
def test_what_is_shown_holds_no_credentials(url: str, shown: str) -> None:
    assert redact(url) == shown


def test_the_error_for_an_address_does_not_repeat_it() -> None:
    for url in ("https://u:s3cret@h:port/a", "ftp://u:s3cret@h/a", "https://u:s3cret@h/a\n", "https://u:s3cret@h"):
        with pytest.raises(AddressError) as error:
            parse_address(url)
        assert "s3cret" not in str(error.value)


def test_a_programs_output_loses_the_credentials_of_its_urls() -> None:
    text = "fatal: unable to access 'https://u:s3cret@h/a/': and http://s3cret@x but mail me@h"
    assert redact_text(text) == "fatal: unable to access 'https://h/a/': and http://x but mail me@h"


_WORD = st.text("abcXYZ019._~", min_size=1, max_size=8).filter(lambda word: word.strip(".") != "")


@given(host=_WORD, path=st.lists(_WORD, min_size=1, max_size=4), secret=st.text("abc012", min_size=6, max_size=9))
def test_every_spelling_agrees_and_hides_the_password(host: str, path: list[str], secret: str) -> None:
    joined = "/".join(path).removesuffix(".git") + "/repo"
    spellings = [
        f"https://{host}/{joined}",
        f"https://u:{secret}@{host.upper()}/{joined}.git/",
        f"ssh://git@{host}/{joined}.git",
        f"git@{host}:{joined}",
    ]
    assert len({normalise(url) for url in spellings}) == 1
    assert f":{secret}@" not in redact(spellings[1])


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_is_refused(text: str) -> None:
    assert len(redact(text)) <= len(text)
    try:
        address = parse_address(text)
    except AddressError:
        return
    assert isinstance(address, LocalAddress | RemoteAddress)
    assert normalise(text)
