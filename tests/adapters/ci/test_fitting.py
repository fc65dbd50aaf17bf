"""Markdown is cut so that nothing stays open and everybody sees that it was cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adapters.ci.fitting import fit

PIECES = st.sampled_from(
    ["a line\n", "```text\n", "```\n", "````\n", "<details>\n", "</details>\n", "x" * 90, "é\n", "\n"]
)


def test_what_fits_stays() -> None:
    assert fit("x" * 300, 300) == "x" * 300


def test_it_ends_with_a_whole_line_and_says_so() -> None:
    cut = fit("a line of the report\n" * 1000, 500)
    kept, _, note = cut.partition("\n\n")
    assert set(kept.split("\n")) == {"a line of the report"}
    assert note == "_The rest is left out: the whole has 21,000 characters, and 500 are allowed here._\n"


def test_code_and_details_are_closed() -> None:
    cut = fit("<details>\n\n````text\n```\n" + "code\n" * 1000, 500)
    assert "code\n````\n</details>\n\n_The rest" in cut


@given(st.lists(PIECES, min_size=1, max_size=400).map("".join), st.integers(300, 2000))
def test_it_is_never_longer_and_never_open(text: str, limit: int) -> None:
    cut = fit(text, limit)
    assert len(cut) <= limit
    if len(text) > limit:
        assert cut.endswith("are allowed here._\n")
        kept = cut[: cut.rindex("\n\n_The rest")]
        fence = ""
        for line in kept.split("\n"):
            if line.startswith("```"):
                run = line[: len(line) - len(line.lstrip("`"))]
                if not fence:
                    fence = run
                elif run.startswith(fence) and line == run:
                    fence = ""
        assert fence == ""
