"""opa-eval (regorus, a Rego engine in Rust): an `else` chain a setting, so that the engine itself merges.

A set of the policies that hold, merged in Python, took more than twice as long at 1,000 policies.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench.peers.engine import Answer, Engine, facts
from tests.bench.policy_set import SETTINGS, Pair, PolicySet, Rule


def _body(rule: Rule) -> str:
    tests = [
        *([f'input.product == "{rule.product}"'] if rule.product else []),
        *([f'input.team == "{rule.team}"'] if rule.team else []),
        *([f'input.environment == "{rule.environment}"'] if rule.environment else []),
        *([f'startswith(input.environment, "{rule.prefix}")'] if rule.prefix else []),
        *([f'input.kind == "{rule.kind}"'] if rule.kind else []),
    ]
    return "; ".join(tests) or "true"


def _module(policies: PolicySet) -> str:
    names = {setting: setting.replace("-", "_") for setting in SETTINGS}
    lines = ["package promo", "import rego.v1"]
    for setting, name in names.items():
        chain = [
            f':= "{rule.settings[setting]}" if {{ {_body(rule)} }}'
            for rule in policies.rules
            if setting in rule.settings
        ]
        lines.append(f"{name} {' else '.join(chain)}")
    lines.append(f"effective := {{{', '.join(f'{json.dumps(setting)}: {name}' for setting, name in names.items())}}}")
    return "\n".join(lines)


def _prepare(policies: PolicySet) -> Callable[[Pair], Answer]:
    import opa_eval

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "promo.rego"
        path.write_text(_module(policies), encoding="utf-8")
        engine = opa_eval.OpaEval(str(path), query="data.promo.effective")

    def decide(pair: Pair) -> Answer:
        answer: Answer = engine.evaluate_parsed(json.dumps(facts(pair)))
        return answer

    return decide


REGO = Engine("opa-eval (Rego, regorus)", _prepare)
