"""Values in conditions: whether what is written fits what is asked about."""

from __future__ import annotations

from engine.model.attributes import WORDS, Attribute, ValueType
from engine.model.check.findings import Findings, replacement
from engine.model.check.references import spec_of
from engine.model.values import NoWorkflow, Scalar
from grammar.diagnostics import Diagnostic, Fix, error, warning
from grammar.expressions import Alternatives, Duration, Number, Operand, Path, Text, Word
from grammar.lexical import duration_token, quote
from grammar.path_parts import path_token
from grammar.span import Span
from grammar.suggest import nearest
from grammar.vocabulary import listing


def written(operand: Operand) -> str:
    """Return an operand as it is written."""
    match operand:
        case Word():
            return operand.text
        case Text():
            return quote(operand.value)
        case Number():
            return str(operand.value)
        case Duration():
            return duration_token(operand.seconds)
        case Path():
            return path_token(operand.parts) if operand.parts else ""
        case Alternatives():
            return f"[{', '.join(written(item) for item in operand.items)}]"


def value_of(operand: Operand, attribute: Attribute, findings: Findings) -> Scalar | None:
    """Return the value an operand stands for, beside an attribute; None where it does not fit, which is reported."""
    match spec_of(attribute).type:
        case ValueType.NUMBER:
            return _number(operand, attribute, findings)
        case ValueType.DURATION:
            return _seconds(operand, attribute, findings)
        case ValueType.WORKFLOW if isinstance(operand, Word) and operand.text == "none":
            return NoWorkflow()
        case ValueType.KIND | ValueType.ACTION | ValueType.ROLLBACK:
            return _closed_word(operand, attribute, findings)
        case _:
            text = text_of(operand, attribute, findings)
            if text is not None and "*" in text:
                findings.report(_star(text, operand.span))
            return text


def text_of(operand: Operand, attribute: Attribute, findings: Findings) -> str | None:
    """Return the text or name an operand stands for; None where it is another kind of value, which is reported."""
    match operand:
        case Word():
            return operand.text
        case Text():
            return operand.value
        case Number() | Duration():
            text = quote(written(operand))
            findings.report(
                error(
                    "M025",
                    f"`{attribute}` is {spec_of(attribute).type.value}, not a {_kind_of(operand)}",
                    operand.span,
                    help=f"put it in quotes: {text}",
                    fix=replacement(operand.span, text),
                )
            )
            return None
        case Path() | Alternatives():
            findings.report(_not_one_value(operand, attribute))
            return None


def _number(operand: Operand, attribute: Attribute, findings: Findings) -> int | None:
    if isinstance(operand, Number):
        return operand.value
    hint = "write a number such as `2`"
    if isinstance(operand, Text) and operand.value.isdecimal() and operand.value.isascii():
        hint = f"write `{operand.value}` without quotes"
    findings.report(_wrong_type(operand, attribute, hint))
    return None


def _seconds(operand: Operand, attribute: Attribute, findings: Findings) -> int | None:
    if isinstance(operand, Duration):
        return operand.seconds
    hint = "write a duration such as `2h`"
    fix = None
    if isinstance(operand, Number) and operand.value > 0:
        hint = f"a duration has a unit: did you mean `{operand.value}h`?"
        fix = replacement(operand.span, f"{operand.value}h")
    elif isinstance(operand, Number) and operand.value == 0:
        hint = "a duration has a unit: write `0s`"
    elif isinstance(operand, Text) and operand.value[:1].isdecimal():
        hint = f"write `{operand.value}` without quotes"
    findings.report(_wrong_type(operand, attribute, hint, fix=fix))
    return None


def _closed_word(operand: Operand, attribute: Attribute, findings: Findings) -> str | None:
    words = WORDS[spec_of(attribute).type]
    if not isinstance(operand, Word | Text):
        findings.report(_wrong_type(operand, attribute, ""))
        return None
    text = operand.text if isinstance(operand, Word) else operand.value
    if text in words:
        return text
    meant = "prod" if text.lower() == "production" and "prod" in words else nearest(text.replace("_", "-"), words)
    listed = listing([f"`{word}`" for word in words])
    findings.report(
        error(
            "M027",
            f"`{attribute}` is never `{text}`",
            operand.span,
            help=f"did you mean `{meant}`?" if meant else f"it is {listed}",
            fix=replacement(operand.span, meant) if meant else None,
        )
    )
    return None


def _wrong_type(operand: Operand, attribute: Attribute, hint: str, fix: Fix | None = None) -> Diagnostic:
    if isinstance(operand, Path | Alternatives):
        return _not_one_value(operand, attribute)
    return error(
        "M025",
        f"`{attribute}` is {spec_of(attribute).type.value}, not a {_kind_of(operand)}",
        operand.span,
        help=hint,
        fix=fix,
    )


def _not_one_value(operand: Path | Alternatives, attribute: Attribute) -> Diagnostic:
    if isinstance(operand, Path):
        return error(
            "M024", f"`{attribute}` cannot be compared with another attribute", operand.span, help="write a value"
        )
    return error("M029", "a list stands only after `in` and `matches`", operand.span, help="write `in` for `==`")


def _kind_of(operand: Word | Text | Number | Duration) -> str:
    match operand:
        case Word():
            return "word"
        case Text():
            return "text"
        case Number():
            return "number"
        case Duration():
            return "duration"


def _star(text: str, span: Span) -> Diagnostic:
    return warning(
        "M030",
        f"the `*` in `{text}` stands for itself here",
        span,
        help="patterns come after `matches`; did you mean `matches`?",
    )
