"""Addresses without the credentials somebody may have written into them."""

from __future__ import annotations

import re

# Both repetitions are bounded or exclusive, so that a hostile text costs linear time.
_USERINFO = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30})://([^/\s]*)@")
_LOGIN_NAME_IS_ADDRESS = frozenset({"ssh", "git+ssh", "ssh+git"})
"""Transports where ``git@`` says whom to log in as and is no secret; elsewhere a lone user name may be a token."""


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
