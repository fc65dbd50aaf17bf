"""Plans and addresses without the credentials somebody may have written into a URL."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace

from engine.plan.nodes import FileChange, Plan
from engine.plan.ports import CommitInfo, ValueChange

# Both repetitions are bounded or exclusive, so that a hostile text costs linear time.
_USERINFO = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30})://([^/\s]*)@")
_LOGIN_NAME_IS_ADDRESS = frozenset({"ssh", "git+ssh", "ssh+git"})
"""Transports where ``git@`` says whom to log in as and is no secret; elsewhere a lone user name may be a token."""


def credential_free(plan: Plan) -> Plan:
    """Return a plan in whose texts no URL holds credentials, except in what files and commits themselves say.

    A plan that the planner made is returned equal: its addresses have none. Whatever shows or stores a plan calls this
    all the same, so that no later change elsewhere can leak one.
    """
    free = _free(plan)
    assert isinstance(free, Plan)
    return free


def _free(value: object) -> object:
    match value:
        case str():
            return without_credentials(value)
        case tuple():
            return tuple(_free(item) for item in value)
        case CommitInfo() | FileChange() | ValueChange():
            # Records of repository content: shown as they are, or they would no longer be true.
            return value
        case _ if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{field.name: _free(getattr(value, field.name)) for field in fields(value)})
        case _:
            return value


def without_credentials(text: str) -> str:
    """Return a text in which no URL has a password, a token or, except for SSH, a user name.

    Args:
        text: an address, or a sentence with addresses in it.
    """
    return _USERINFO.sub(_address, text) if "://" in text else text


def _address(match: re.Match[str]) -> str:
    scheme, userinfo = match[1], match[2]
    # More than one `@` means a password that was not encoded; none of it may stay.
    user = userinfo.split(":", 1)[0]
    if scheme.lower() in _LOGIN_NAME_IS_ADDRESS and user and "@" not in user:
        return f"{scheme}://{user}@"
    return f"{scheme}://"
