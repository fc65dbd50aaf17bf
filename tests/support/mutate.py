"""Breaks good texts in the ways that editors, merges and hostile people do; the same seed breaks them the same way."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

_NASTY = (
    "{", "}", "[", "]", "(", ")", '"', "'", "#", "\\", "\n", "\r\n", "\t", "\x00", "\ufeff", "\u2028", "\U0001f600",
    "é", "“", "&a ", "*a", "<<: ", "- ", "? ", ": ", "!!python/object:os.system ", "|\n", ">-\n", "---\n", "%YAML 9\n",
    "not ", " and ", " or ", "==", "!=", " in ", " matches ", "..", "$", "@", "*", "-1", "99999999999999999999",
    "1e999", "{{ x }}", "null", "~", "true", "0x1F", "2024-01-01", '"\\u{110000}"', '"\\x"', "a" * 300,
)  # fmt: skip


def mutations(seeds: Sequence[str], count: int, seed: int) -> Iterator[str]:
    """Yield ``count`` texts: seeds with one to eight changes each, and now and then pure noise."""
    rng = random.Random(seed)
    for _ in range(count):
        if rng.random() < 0.03:
            yield "".join(rng.choice(_NASTY) for _ in range(rng.randrange(40)))
            continue
        text = rng.choice(seeds)
        for _ in range(rng.randint(1, 8)):
            text = _mutated(text, rng, seeds)
        yield text


def _mutated(text: str, rng: random.Random, seeds: Sequence[str]) -> str:
    start = rng.randrange(len(text) + 1)
    end = min(len(text), start + rng.choice((1, 1, 2, 5, 20, 200)))
    match rng.randrange(7):
        case 0:
            return text[:start] + rng.choice(_NASTY) + text[start:]
        case 1:
            return text[:start] + text[end:]
        case 2:
            return text[:start] + text[start:end] * rng.choice((2, 2, 3, 30)) + text[end:]
        case 3:
            other = rng.choice(seeds)
            cut = rng.randrange(len(other) + 1)
            return text[:start] + other[cut : cut + rng.choice((1, 10, 60))] + text[start:]
        case 4:
            return text[:start]
        case 5:
            return text[:start] + rng.choice(_NASTY) + text[end:]
        case _:
            words = text.split(" ")
            index = rng.randrange(len(words))
            words[index] = rng.choice(words)
            return " ".join(words)
