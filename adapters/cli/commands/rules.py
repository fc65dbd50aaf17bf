"""`promo rules`: every rule of `promo lint`."""

from __future__ import annotations

import json

import click

from adapters.cli.documented import DocumentedCommand
from adapters.cli.exit_codes import ExitCode


@click.command("rules", cls=DocumentedCommand, short_help="List the rules of `promo lint`.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def command(form: str) -> int:
    """List the rules of `promo lint`: code, weight, name and what is found. A `*` marks rules with a fix.

    \b
    Examples:
      promo rules
      promo rules --format json

    Exit codes: 0 done.
    """
    from engine.lint.registry import RULES

    if form == "json":
        listed = [
            {
                "code": rule.code,
                "name": rule.name,
                "category": rule.category.value,
                "severity": rule.severity.value,
                "selected": rule.by_default,
                "fix": rule.fix.value if rule.fix is not None else None,
                "summary": rule.summary,
            }
            for rule in RULES
        ]
        click.echo(json.dumps(listed, indent=2, ensure_ascii=False))
        return ExitCode.DONE
    width = max(len(rule.name) for rule in RULES)
    category = None
    for rule in RULES:
        if rule.category is not category:
            click.echo(f"{'' if category is None else chr(10)}{rule.category.value}")
            category = rule.category
        mark = "*" if rule.fix is not None else " "
        off = "" if rule.by_default else " (only where selected)"
        click.echo(f"  {rule.code}{mark} {rule.severity.value:7}  {rule.name:{width}}  {rule.summary}{off}")
    return ExitCode.DONE
