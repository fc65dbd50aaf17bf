"""`promo rule`: the documentation of one rule."""

from __future__ import annotations

import click

from adapters.cli.completion.names import rules
from adapters.cli.documented import DocumentedCommand
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail
from grammar.render import printable


@click.command("rule", cls=DocumentedCommand, short_help="Explain a rule of `promo lint`.")
@click.argument("code", metavar="CODE", shell_complete=rules)
def command(code: str) -> int:
    """Explain a rule of `promo lint`, by its code or its name: what it finds, why, and what to write instead.

    \b
    Examples:
      promo rule L101
      promo rule yoda-condition

    Exit codes: 0 done, 2 there is no such rule.
    """
    from engine.lint.page import rule_page
    from engine.lint.registry import RULE_BY_CODE, RULE_BY_NAME

    rule = RULE_BY_CODE.get(code.upper()) or RULE_BY_NAME.get(code.lower())
    if rule is None:
        from grammar.suggest import did_you_mean

        near = did_you_mean(code, [*RULE_BY_CODE, *RULE_BY_NAME])
        fail(f"there is no rule `{printable(code)}`", near or "`promo rules` lists them")
    click.echo(rule_page(rule), nl=False)
    return ExitCode.DONE
