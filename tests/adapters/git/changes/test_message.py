"""Messages of promotions, read back by Git."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.git.changes.message import commit_message, trailers
from tests.support.changes import promotion
from tests.support.gitrepo import run_git

HOSTILE = st.text(st.sampled_from("a \n\r\t:#-\x00\x85\u2028P") | st.characters(exclude_categories=["Cs"]), max_size=40)


@settings(max_examples=40, deadline=None)
@given(version=HOSTILE, initiator=HOSTILE, product=HOSTILE, url=HOSTILE)
def test_no_value_forges_or_breaks_a_trailer(version: str, initiator: str, product: str, url: str) -> None:
    change = replace(promotion("u", "1" * 40), version=version, initiator=initiator, product=f"x{product}", url=url)
    message = commit_message(change)
    read = run_git(Path("/"), "interpret-trailers", "--parse", "--no-divider", stdin=f"{message}\n".encode())
    assert read.split("\n") == [f"{name}: {value}" for name, value in trailers(change).items()]
    assert read.split("\n")[0] == f"Promo-Step: {change.key}"


def test_a_value_is_bounded() -> None:
    message = commit_message(replace(promotion("u", "1" * 40), version="9" * 100_000))
    assert len(message) < 2_000


def test_a_revert_says_what_it_undoes() -> None:
    message = commit_message(promotion("u", "1" * 40, revert=True))
    assert message.startswith("Revert the promotion of trio 1.2.3 to qa\n\nUndoes what 1111")
