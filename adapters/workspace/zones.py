"""Which time zones exist: looked up only when a workspace names one."""

from __future__ import annotations

from collections.abc import Collection, Iterator

_NO_PLACE = frozenset({"localtime", "posixrules", "Factory"})
"""Files of some machines' databases that are no zone of their own: what they say differs from machine to machine."""

_OTHER_COUNTS = ("right/", "posix/")
"""Folders of some machines' databases with the zones once more, partly counting leap seconds."""


class KnownZones(Collection[str]):
    """The time zones of the machine's database."""

    def __contains__(self, name: object) -> bool:
        """Say whether a zone exists; reads one file of the database at most."""
        from zoneinfo import ZoneInfo

        if not isinstance(name, str) or not name or name in _NO_PLACE or name.startswith(_OTHER_COUNTS):
            return False
        try:
            ZoneInfo(name)
        except (ValueError, OSError, KeyError):
            # ZoneInfoNotFoundError is a KeyError; a name that is a folder or leaves the database is one of the others.
            return False
        return True

    def __iter__(self) -> Iterator[str]:
        """Yield every zone's name, sorted; reads the whole database."""
        from zoneinfo import available_timezones

        return iter(sorted(available_timezones() - _NO_PLACE))

    def __len__(self) -> int:
        """Return how many zones there are."""
        return sum(1 for _ in self)
