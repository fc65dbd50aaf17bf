"""Realistic `.promo` text of any size: what measurements and large tests run on.

Policies and flows of some 22 lines each, as a platform team writes them: descriptions, labels, conditions of a few
terms, settings, steps with hooks. The same arguments always give the same text.
"""

from __future__ import annotations

import re
from random import Random

_ENVIRONMENTS = ("dev", "qa", "staging", "perf", "uat", "prod-eu", "prod-us", "prod-apac")
_TEAMS = ("payments", "checkout", "search", "identity", "logistics", "data")
_WORKFLOWS = ("smoke-tests", "change-ticket", "canary-check", "load-test", "db-migration", "announce", "page-oncall")


def promo_text(declarations: int, seed: int = 1) -> str:
    """Return a text of that many declarations, policies and flows in turn."""
    random = Random(seed)
    parts = [(_policy if number % 2 == 0 else _flow)(number, random) for number in range(declarations)]
    return "\n".join(parts)


def promo_files(files: int, declarations: int, seed: int = 1) -> list[tuple[str, str]]:
    """Return that many pairs of file name and text, each text of that many declarations."""
    return [
        (f"policies/{number:04}.promo", promo_text(declarations, seed * 100_003 + number)) for number in range(files)
    ]


def workspace_files(files: int, declarations: int, seed: int = 1) -> list[tuple[str, str]]:
    """Return the same as `promo_files` with names that occur once, and a file with everything they are about."""
    made = [
        (name, re.sub(r"^(policy|flow) (\S+)", rf"\1 \2-{number}", text, flags=re.MULTILINE))
        for number, (name, text) in enumerate(promo_files(files, declarations, seed))
    ]
    return [*made, ("world.promo", _world())]


def _world() -> str:
    kinds = {name: "prod" if name.startswith("prod") else "non-prod" for name in _ENVIRONMENTS}
    tags = "tags experimental"
    return "".join(
        [
            *(f'environment {name} {{ kind {kind} labels region = "eu" {tags} }}\n' for name, kind in kinds.items()),
            *(f'product {team} {{ labels team = "{team}" {tags} }}\n' for team in _TEAMS),
            "window office-hours { days mon to fri from 09:00 to 17:00 }\n",
        ]
    )


def _policy(number: int, random: Random) -> str:
    team, environment = random.choice(_TEAMS), random.choice(_ENVIRONMENTS)
    soak = random.choice(("30m", "1h30m", "2h", "1d"))
    return f"""\
# Keeps {team} safe where it matters; owned by the {team} team.
policy {team}-{number} priority {random.randrange(0, 500)} {{
  description "What {team} needs before a change reaches {environment}"
  labels
    team = "{team}",
    tier = "{random.choice(("gold", "silver"))}",
    "example.com/cost-centre" = "cc-{random.randrange(1000, 9999)}"
  when environment.kind == prod
    and product.labels.team == "{team}"
    and (
      environment.name matches "{environment.split("-")[0]}-*"
      or environment.labels.region in [eu, us, "ap-south-1"]
    )
    and not product.tags == experimental

  # What has to happen around the change.
  pre-action  {random.choice(_WORKFLOWS)}
  action      {random.choice(("pr", "commit"))}
  post-action {random.choice(_WORKFLOWS)}
  soak        {soak}
  approvals   {random.randrange(1, 4)} from {team}, release-managers
  rollback    on-failure
}}
"""


def _flow(number: int, random: Random) -> str:
    team = random.choice(_TEAMS)
    one, two, three = random.sample(_ENVIRONMENTS[1:5], 3)
    return f"""\
# The way of {team} to production.
flow {team}-{number} {{
  description "From development to every region, {team}"
  annotations owner = "{team}", runbook = "https://example.com/runbooks/{team}/{number}"

  trigger dev {{ post-action unit-tests }}
  step {one} after dev {{ soak 30m }}
  step {two} after {one} {{
    pre-action {random.choice(_WORKFLOWS)}
    on failure page-oncall
  }}
  step {three} after {one}, {two}
  step prod-eu after {three} {{
    pre-action change-ticket
    approvals  2 from {team}
    window     office-hours
    on start   announce
    on failure page-oncall
  }}
  step prod-us after prod-eu {{ soak 2h }}
  on success announce
  timeout 12h
}}
"""
