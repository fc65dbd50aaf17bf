from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.git.malformed import MalformedObjectError
from adapters.git.record import parse_commit

_SHA = "a" * 40
_EPOCH = "1970-01-01T00:00:00+00:00"


def _commit(author: bytes, *, extra: bytes = b"", message: bytes = b"m\n") -> bytes:
    return b"tree " + b"b" * 40 + b"\nauthor " + author + b"\ncommitter C <c@x> 1 +0000\n" + extra + b"\n" + message


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        (b"Ada <a@x> 1793608200 +0100", ("Ada", "a@x", "2026-11-02T09:30:00+01:00")),
        (b"Ada <a@x> 0 -0330", ("Ada", "a@x", "1969-12-31T20:30:00-03:30")),
        (b"Ada <a@x> -60 +0000", ("Ada", "a@x", "1969-12-31T23:59:00+00:00")),
        (b"Ada <a@x> 0", ("Ada", "a@x", _EPOCH)),
        (b"Ada <a@x>", ("Ada", "a@x", _EPOCH)),
        (b"Ada <a@x", ("Ada", "a@x", _EPOCH)),
        (b" <> 0 +0000", ("", "", _EPOCH)),
        (b"Ada", ("Ada", "", _EPOCH)),
        (b"Ada <a@x> 99999999999999999999 +0000", ("Ada", "a@x", _EPOCH)),
        (b"Ada <a@x> 0 +9999", ("Ada", "a@x", _EPOCH)),
        (b"Ada <a@x> 0 +051800", ("Ada", "a@x", _EPOCH)),
        (b"\xff <a@x> 0 +0000", ("�", "a@x", _EPOCH)),
    ],
)
def test_authors_as_git_and_its_imitators_write_them(author: bytes, expected: tuple[str, str, str]) -> None:
    info = parse_commit(_SHA, _commit(author)).info
    assert (info.author, info.email, info.date) == expected


def test_parents_tree_and_signature() -> None:
    extra = b"gpgsig -----BEGIN\n tree cccc\n parent dddd\nmergetag object x\n author Eve <e@x> 1 +0000\n"
    data = b"tree " + b"b" * 40 + b"\nparent " + b"1" * 40 + b"\nparent " + b"2" * 40 + b"\nauthor A <a@x> 0 +0000\n"
    commit = parse_commit(_SHA, data + extra + b"\nmessage\n\nparent 3\n")
    assert commit.tree == "b" * 40
    assert commit.info.parents == ("1" * 40, "2" * 40)
    assert commit.info.author == "A"
    assert commit.info.message == "message\n\nparent 3"


@pytest.mark.parametrize(
    ("encoding", "raw", "text"),
    [
        (b"Shift_JIS", b"\x83e", "テ"),
        (b"windows-1252", b"\x80", "€"),
        (b"cp9999", b"x", "x"),
        (b"ISO-8859-1", b"caf\xe9", "café"),
        (b"UTF-8", b"caf\xc3\xa9", "café"),
        (b"no-such", b"caf\xc3\xa9", "café"),
        (b"hex", b"caf\xc3\xa9", "café"),
        (b"rot13", b"caf\xc3\xa9", "café"),
        (b"zlib", b"x", "x"),
        (b"utf-8", b"\xff", "�"),
        (b"undefined", b"x", "x"),
    ],
)
def test_the_message_is_decoded_as_the_commit_says(encoding: bytes, raw: bytes, text: str) -> None:
    data = _commit(b"A <a@x> 0 +0000", extra=b"encoding " + encoding + b"\n", message=raw + b"\n")
    assert parse_commit(_SHA, data).info.message == text


@pytest.mark.parametrize(("message", "expected"), [(b"", ""), (b"x", "x"), (b"x\n\n", "x\n"), (b"\nx\n", "\nx")])
def test_only_the_final_newline_is_dropped(message: bytes, expected: str) -> None:
    assert parse_commit(_SHA, _commit(b"A <a@x> 0 +0000", message=message)).info.message == expected


def test_a_commit_without_a_tree_is_malformed() -> None:
    with pytest.raises(MalformedObjectError, match="no tree"):
        parse_commit(_SHA, b"author A <a@x> 0 +0000\n\nm\n")


@given(st.binary(max_size=80), st.binary(max_size=20))
def test_any_author_and_encoding_give_a_record(author: bytes, encoding: bytes) -> None:
    data = _commit(author.replace(b"\n", b" "), extra=b"encoding " + encoding.replace(b"\n", b" ") + b"\n")
    info = parse_commit(_SHA, data).info
    assert info.sha == _SHA
    assert len(info.date) >= 25
