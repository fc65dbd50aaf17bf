"""What is no longer as it was when a plan was made."""

from __future__ import annotations

from engine.plan.nodes import InputDigest, Plan

_DIGITS = 10


def changed_inputs(before: Plan, after: Plan) -> tuple[str, ...]:
    """Return what changed of the inputs of a plan, for people, files before branches.

    Args:
        before: the plan as it was made.
        after: the same plan made again.
    """
    old, new = _by_name(before), _by_name(after)
    return tuple(
        _words(kind, name, old.get((kind, name)), new.get((kind, name)))
        for kind, name in sorted(old.keys() | new.keys(), key=lambda key: (key[0] != "file", key))
        if old.get((kind, name)) != new.get((kind, name))
    )


def _by_name(plan: Plan) -> dict[tuple[str, str], InputDigest]:
    return {(digest.kind, digest.name): digest for digest in plan.inputs}


def _words(kind: str, name: str, old: InputDigest | None, new: InputDigest | None) -> str:
    if kind == "file":
        if old is None:
            return f"file `{name}` was added"
        return f"file `{name}` was removed" if new is None else f"file `{name}` was changed"
    url, _, revision = name.rpartition(" ")
    if old is None:
        return f"`{revision}` of {url} is read now"
    if new is None:
        return f"`{revision}` of {url} is not read any more"
    return f"`{revision}` of {url} moved from {old.digest[:_DIGITS]} to {new.digest[:_DIGITS]}"
