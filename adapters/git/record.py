"""Git's commit objects, turned into the record of the port. Pure."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from adapters.git.malformed import MalformedObjectError
from engine.plan.ports import CommitInfo

_PERSON = re.compile(r"(?P<name>[^<]*)<(?P<email>[^>]*)>?(?P<when>.*)", re.DOTALL)
_WHEN = re.compile(r"\s*(?P<time>-?[0-9]{1,20})(?: (?P<zone>[+-][0-9]{4}))?\s*")
_TEXT_ENCODINGS = re.compile(
    r"us-ascii|ascii|latin-?1|utf-?(8|16|32)([bl]e)?|iso-?(8859-[0-9]{1,2}|2022-(jp|kr))|(cp|windows-)[0-9]{3,4}"
    r"|koi8-[rtu]|gb(k|2312|18030)|big5|shift[-_]jis|sjis|euc-(jp|kr)"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CommitObject:
    """A commit's record and the name of its root tree."""

    info: CommitInfo
    tree: str


def parse_commit(sha: str, data: bytes) -> CommitObject:
    """Parse a commit object.

    Text is decoded by the commit's ``encoding`` header, UTF-8 without one; what cannot be decoded becomes U+FFFD. A
    date that is missing or out of range is shown as the beginning of 1970, as Git does.

    Args:
        sha: the commit's name.
        data: the object's content.

    Raises:
        MalformedObjectError: when there is no tree.
    """
    head, _, message = data.partition(b"\n\n")
    tree, author, encoding = "", b"", "utf-8"
    parents: list[str] = []
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        match key:
            case b"tree" if not tree:
                tree = value.decode("ascii", "replace")
            case b"parent":
                parents.append(value.decode("ascii", "replace"))
            case b"author" if not author:
                author = value
            case b"encoding":
                encoding = _codec(value)
            case _:
                continue  # committer, signatures and their continuation lines are not part of the record
    if not tree:
        raise MalformedObjectError("the commit object has no tree")
    name, email, date = _person(author.decode(encoding, "replace"))
    text = message.decode(encoding, "replace").removesuffix("\n")
    return CommitObject(CommitInfo(sha, name, email, date, text, tuple(parents)), tree)


def _codec(name: bytes) -> str:
    """Return a codec that decodes any bytes to text; the list keeps Python's other codecs from being chosen."""
    text = name.decode("ascii", "replace").strip().lower()
    if _TEXT_ENCODINGS.fullmatch(text) is None:
        return "utf-8"
    try:
        return codecs.lookup(text).name
    except LookupError:
        return "utf-8"


def _person(text: str) -> tuple[str, str, str]:
    match = _PERSON.fullmatch(text)
    if match is None:
        return text.strip(), "", _EPOCH.isoformat()
    when = _WHEN.fullmatch(match["when"])
    date = _EPOCH.isoformat() if when is None else _date(when["time"], when["zone"])
    return match["name"].strip(), match["email"].strip(), date


def _date(time: str, zone: str | None) -> str:
    try:
        minutes = int(zone[1:3]) * 60 + int(zone[3:5]) if zone else 0
        offset = timezone(timedelta(minutes=-minutes if zone and zone[0] == "-" else minutes))
        return (_EPOCH + timedelta(seconds=int(time))).astimezone(offset).isoformat()
    except (OverflowError, ValueError):
        return _EPOCH.isoformat()
