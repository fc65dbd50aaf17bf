"""What servers say is shown shortened and harmless."""

from __future__ import annotations

import pytest

from adapters.remote.said import LONGEST, asked_wait, message_of, said


def test_it_is_one_line_of_a_certain_length() -> None:
    assert said(" a\n\tb\x1b[2J ") == "a b\\x1b[2J"
    assert len(said("x" * 1000)) == LONGEST
    assert said("x" * 1000, 3) == "xx…"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"message": "no", "error": "other"}', "no"),
        (b'{"error": "other"}', "other"),
        (b'{"error": {"a": 1}}', "no reason is given"),
        (b"<html>", "no reason is given"),
        (b"[" * 50_000, "no reason is given"),
        (b"", "no reason is given"),
    ],
)
def test_the_message_of_an_error(body: bytes, message: str) -> None:
    assert message_of(body) == message


@pytest.mark.parametrize(
    ("text", "seconds"), [("7", 7.0), ("99999", 600.0), ("", None), ("-1", None), ("soon", None), ("٣", None)]
)
def test_how_long_it_asks_to_be_left_alone(text: str, seconds: float | None) -> None:
    assert asked_wait({"retry-after": text}) == seconds
