"""Values in the wrong form: what was most likely meant."""

from __future__ import annotations

import re

from grammar.diagnostics import Diagnostic
from grammar.explaining.place import Place, run_at
from grammar.explaining.quoting import shown
from grammar.lexical import BARE_NAME, duration_token, quote
from grammar.vocabulary import AFTER, listing, word_for

_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?(am|pm)?Z?\Z", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:T(\d{1,2}):(\d{2})(.*))?\Z")
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\Z")
_AMOUNT = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*([a-z]*)")
_UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_UNIT_WORDS = re.compile(r"(?:w(?:eeks?)?|d(?:ays?)?|h(?:rs?|ours?)?|m(?:ins?|inutes?)?|s(?:ecs?|econds?)?)\Z")
_SENTENCE = re.compile(r'[^\r\n{}"#]*[^\r\n{}"# \t]')


def wrong_form(place: Place) -> Diagnostic | None:
    """Explain a time, a date, a duration or a number that is not written as one."""
    if place.at_end or not place.expected:
        return None
    written = place.found if place.found[0] == '"' else place.run
    bare = written.strip('"')
    meant, advice = None, ""
    if "TIME" in place.expected:
        meant = _time(bare)
    elif place.expected & {"DATE", "MOMENT"}:
        meant = _date(bare)
        if meant and re.search(r"T.*(?:Z|[+-]\d\d:?\d\d)\Z", bare):
            advice = ', and the time zone once, as `zone "UTC"`'
    elif "DURATION" in place.expected and "NAME" not in place.expected:
        return _wrong_duration(place, written, bare)
    elif "INT" in place.expected and "NAME" not in place.expected and re.match(r"\d{1,9}\Z", bare):
        meant = bare
    if not meant or len(written) > 40:
        return None
    return _form_error(place, written, meant, advice)


def _form_error(place: Place, written: str, meant: str, advice: str = "", end: int | None = None) -> Diagnostic:
    after = place.context.after
    wanted = AFTER.get(after, "") if place.context.empty_item else ""
    if not wanted or not place.context.wants_value(place.expected) or place.expected & {"TIME", "DATE"}:
        wanted = listing([word_for(name) for name in sorted(place.expected)])
    follows = f" after `{after}`" if after else ""
    span = place.span(end=place.start + len(written) if end is None else end)
    return place.error(
        "S001",
        f"expected {wanted}{follows}, found `{shown(written)}`",
        span=span,
        help=f"write `{meant}`{advice}",
        write=meant,
    )


def _time(text: str) -> str | None:
    match = _TIME.match(text)
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        hour = hour % 12 + (12 if match[3].lower() == "pm" else 0)
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None


def _date(text: str) -> str | None:
    iso, day_first = _ISO.match(text), _DAY_FIRST.match(text)
    if iso:
        year, month, day = int(iso[1]), int(iso[2]), int(iso[3])
    elif day_first:
        year, month, day = int(day_first[3]), int(day_first[2]), int(day_first[1])
    else:
        return None
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    time = f"T{int(iso[4]):02}:{iso[5]}" if iso and iso[4] else ""
    return f"{year:04}-{month:02}-{day:02}{time}"


def _wrong_duration(place: Place, written: str, bare: str) -> Diagnostic | None:
    """Explain ``2``, ``2 hours``, ``1.5h``, ``1m2h`` and ``"2h"``."""
    end = place.start + len(written)
    if bare.replace(".", "").isdigit() and written == bare:
        rest = place.text[end : end + 20]
        unit = run_at(rest.lstrip(" \t"), 0)
        if _UNIT_WORDS.match(unit):
            end += len(rest) - len(rest.lstrip(" \t")) + len(unit)
            bare += unit
    seconds = _seconds(bare.lower())
    if seconds is None:
        return None
    written = place.text[place.start : end]
    if bare.replace(".", "").isdigit():
        unit, others = (
            ("h", "`d`, `m` or `s` for days, minutes") if float(bare) < 24 else ("m", "`d`, `h` or `s` for days, hours")
        )
        return _form_error(place, written, f"{bare}{unit}", f", or {others} or seconds", end)
    return _form_error(place, written, duration_token(seconds), end=end)


def _seconds(text: str) -> int | None:
    """Return what a duration comes to, in whatever words; a bare number counts hours."""
    total, position = 0.0, 0
    while position < len(text) <= 40:
        match = _AMOUNT.match(text, position)
        if match is None or (match[2] and not _UNIT_WORDS.match(match[2])):
            return None
        total += float(match[1]) * _UNITS[match[2][:1] or "h"]
        position = match.end()
    return int(total) if position and total == int(total) else None


def split_moment(place: Place) -> Diagnostic | None:
    """Explain a date and a time with a space between them."""
    before = place.previous
    meant = _time(place.run)
    if before is None or before.type != "DATE" or "TO" not in place.expected | {"TO"} or meant is None:
        return None
    if place.text[place.start - 1] not in " \t" or len(place.run) < 3:
        return None
    right = f"{before.text}T{meant}"
    span = place.span(place.offset_of(before), place.start + len(place.run))
    return place.error("S001", "a date and its time are one word", span=span, help=f"write `{right}`", write=right)


def name_needs_quotes(place: Place) -> Diagnostic | None:
    """Explain a name with characters that bare names may not have."""
    start = place.start
    before = place.previous
    if before is not None and before.type in {"NAME", "PATH", "INT"} and before.end - place.base == start:
        start = place.offset_of(before)
    elif not place.expected & {"NAME", "STRING"}:
        return None
    whole = run_at(place.text, start).rstrip(";")
    if start + len(whole) <= place.start or BARE_NAME.match(whole) or not any(c.isalnum() for c in whole):
        return None
    if place.context.in_condition and start == place.start and "NAME" not in place.expected:
        return None
    span = place.span(start, start + len(whole))
    if re.match(r"-?\d+\.\d+\Z", whole):
        return place.error("S001", f"`{shown(whole)}` is not a whole number", span=span, help="numbers are whole")
    if place.context.in_condition and whole.endswith("."):
        return place.error(
            "S001",
            f"`{shown(whole)}` is only half a reference",
            span=span,
            help='references are written as in `product.name` or `product.labels["team"]`',
        )
    fits = len(whole) <= 253
    return place.error(
        "S019",
        f"`{shown(whole)}` must stand in quotes",
        span=span,
        help="bare names hold letters, digits and inner hyphens only"
        + (f"; write {shown(quote(whole))}" if fits else ""),
        write=quote(whole) if fits else None,
    )


def text_needs_quotes(place: Place) -> Diagnostic | None:
    """Explain a text without quotes where only a text can stand."""
    if place.at_end or "STRING" not in place.expected or not place.expected <= {"STRING", "LSQB"}:
        return None
    whole = place.run
    if place.context.after == "description":
        sentence = _SENTENCE.match(place.text, place.start)
        whole = sentence[0] if sentence else whole
    if not any(c.isalnum() for c in whole) and "*" not in whole:
        return None
    why = "label values are strings" if place.context.after in {"labels", "annotations"} else "a string belongs here"
    if "LSQB" in place.expected:
        why = "a pattern is a string"
    return place.error(
        "S019",
        f"`{shown(whole)}` must stand in quotes: {why}",
        span=place.span(end=place.start + len(whole)),
        help=f"write {shown(quote(whole))}",
        write=quote(whole),
    )
