"""What a promotion's commit says, and the trailers by which it is found again. Pure."""

from __future__ import annotations

import re

from engine.execute.ports import Change

STEP, RELEASE = "Promo-Step", "Promo-Release"
"""The trailers that say whose effect a commit is; both are in `engine.resolve.flow_choice.TRAILERS`."""

_LONGEST = 500  # characters of one value
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f\u0085\u2028\u2029]+")


def commit_message(change: Change) -> str:
    """Return the message of a change's commit, without the final newline.

    Every value is one line of at most 500 characters, so that none can forge a trailer.
    """
    version = f" {one_line(change.version)}" if change.version else ""
    product, environment = one_line(change.product), one_line(change.environment)
    if change.revert:
        subject = f"Revert the promotion of {product}{version} to {environment}"
        body = [f"Undoes what {change.commit} did to application {one_line(change.target.key)}."]
    else:
        subject = f"Promote {product}{version} to {environment}"
        source = f"{one_line(change.source.application)} in {one_line(change.source.environment)}"
        body = [f"Application {one_line(change.target.key)} gets the values of {source},", f"as of {change.commit}."]
    if change.url:
        body.append(f"See {one_line(change.url)}")
    return "\n".join([subject, "", *body, "", *(f"{name}: {value}" for name, value in trailers(change).items())])


def trailers(change: Change) -> dict[str, str]:
    """Return the trailers of a change's commit, by name."""
    values = {
        STEP: change.key,
        RELEASE: change.release,
        "Promo-Product": change.product,
        "Promo-Environment": change.environment,
        "Promo-Version": change.version or "",
        "Promo-Initiator": change.initiator,
    }
    return {name: one_line(value) for name, value in values.items() if value.strip()}


def one_line(text: str) -> str:
    """Return a text on one line, without control characters, bounded."""
    return _UNPRINTABLE.sub(" ", text).strip()[:_LONGEST]
