"""Secrets by reference: read when they are needed, shown never."""

from __future__ import annotations

import json
import os
import pickle
import traceback
from pathlib import Path

import pytest

from adapters.secrets import LONGEST, Secret, SecretError, SecretReference, parse_reference

VALUE = "s3cr3t-0123456789"


def test_a_secret_does_not_show_itself() -> None:
    secret = Secret(VALUE)
    assert secret.reveal() == VALUE
    assert VALUE not in f"{secret} {secret!r} {[secret]} { ({'a': secret}) }"
    assert secret.hidden_in(f"token {VALUE} is bad") == "token *** is bad"
    with pytest.raises(TypeError, match="not stored"):
        pickle.dumps(secret)


@pytest.mark.parametrize("value", [VALUE, "a/b+c=", 'quo"ted\\', "gr\u00fc\U0001f511n", "\udc80odd"])
def test_what_json_makes_of_a_secret_is_taken_out_as_well(value: str) -> None:
    secret = Secret(value)
    everyone = "".join(f"\\u{unit:04X}" for unit in memoryview(value.encode("utf-16-le", "surrogatepass")).cast("H"))
    for written in (value, everyone, everyone.lower(), json.dumps(value)[1:-1], value.replace("/", "\\/")):
        assert secret.hidden_in(f'{{"message": "\\n<{written}>"}}') == '{"message": "\\n<***>"}'
    assert secret.hidden_in('{"other": "\\u0041"}') == '{"other": "\\u0041"}'


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_variable_and_a_file(tmp_path: Path, end: str) -> None:
    (tmp_path / "token").write_bytes(f"{VALUE}{end}".encode())
    assert parse_reference("file:token").read(tmp_path).reveal() == VALUE
    assert parse_reference(f"file:{tmp_path}/token").read(Path("/")).reveal() == VALUE
    assert parse_reference("env:TOKEN").read(tmp_path, {"TOKEN": VALUE + end}).reveal() == VALUE


def test_it_is_read_again_each_time(tmp_path: Path) -> None:
    reference = SecretReference("file", "token")
    for value in ("one", "two"):
        (tmp_path / "token").write_text(value)
        assert reference.read(tmp_path).reveal() == value


@pytest.mark.parametrize("text", [VALUE, "", "env:", "env:a b", "env:1A", "file:", "file: ", "vault:x", "file:a\0b"])
def test_what_is_no_reference_is_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="env:") as caught:
        parse_reference(text)
    assert VALUE not in str(caught.value)


def refused(reference: str, base: Path, environment: dict[str, str] | None = None) -> str:
    with pytest.raises(SecretError) as caught:
        parse_reference(reference).read(base, environment or {})
    assert caught.value.help
    assert VALUE not in "".join(traceback.format_exception(caught.value))
    return str(caught.value)


def test_what_is_wrong_with_a_variable(tmp_path: Path) -> None:
    assert refused("env:TOKEN", tmp_path) == "the variable `TOKEN` is not set"
    assert "is empty" in refused("env:TOKEN", tmp_path, {"TOKEN": "\n"})
    assert "more than one line" in refused("env:TOKEN", tmp_path, {"TOKEN": f"{VALUE}\nX-Evil: 1"})
    assert "longer than any token" in refused("env:TOKEN", tmp_path, {"TOKEN": VALUE * LONGEST})


def test_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    assert "cannot be read: No such file" in refused("file:token", tmp_path)
    (tmp_path / "folder").mkdir()
    assert "is not a file" in refused("file:folder", tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "is not a file" in refused("file:pipe", tmp_path)
    (tmp_path / "binary").write_bytes(VALUE.encode() + b"\xff")
    assert "is not text" in refused("file:binary", tmp_path)
    (tmp_path / "long").write_bytes(b"a" * (LONGEST + 1))
    assert "longer than any token" in refused("file:long", tmp_path)


def test_a_word_that_could_be_anything_is_left_in_what_is_read() -> None:
    assert Secret("name").taken_from(b'{"name": 1}') == b'{"name": 1}'
    assert Secret(VALUE).taken_from(f'{{"name": "{VALUE}"}}'.encode()) == b'{"name": "***"}'
