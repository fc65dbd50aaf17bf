"""Where what can be made again is kept: the user's cache folder."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path | None:
    """Return promo's folder in the user's cache, made if it is missing; None when there is none to write to.

    ``PROMO_CACHE_DIR`` names it outright (empty: no cache); otherwise ``$XDG_CACHE_HOME/promo``, or
    ``~/.cache/promo``. A folder that belongs to somebody else, or that others may write to, is not used: what is
    cached there is trusted.
    """
    named = os.environ.get("PROMO_CACHE_DIR")
    if named == "":
        return None
    if named is not None:
        folder = Path(named)
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
        folder = Path(base) / "promo"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except OSError:
        return None
    if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022):
        return None
    return folder if os.access(folder, os.W_OK) else None
