"""Two CEL engines: one list expression says which policies hold, and the settings are merged in Python.

A program a policy was slower with both (many small calls); one nested conditional a setting, which would merge inside
the engine, is beyond the nesting both allow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.bench.peers.engine import Answer, Engine, facts, merged
from tests.bench.policy_set import Pair, PolicySet, Rule

_LONGEST = 90_000
"""Characters of an expression; the C++ engine takes 100,000 at most."""


def _test(rule: Rule) -> str:
    tests = [
        *([f'product == "{rule.product}"'] if rule.product else []),
        *([f'team == "{rule.team}"'] if rule.team else []),
        *([f'environment == "{rule.environment}"'] if rule.environment else []),
        *([f'environment.startsWith("{rule.prefix}")'] if rule.prefix else []),
        *([f'kind == "{rule.kind}"'] if rule.kind else []),
    ]
    return " && ".join(tests) or "true"


def _expressions(rules: Sequence[Rule]) -> list[str]:
    """Return as few list expressions as the limit allows; their results in a row are one Boolean a rule."""
    pieces: list[list[str]] = [[]]
    length = 0
    for test in map(_test, rules):
        length += len(test) + 2
        if length > _LONGEST:
            pieces.append([])
            length = len(test)
        pieces[-1].append(test)
    return [f"[{', '.join(piece)}]" for piece in pieces]


def _rust(policies: PolicySet) -> Callable[[Pair], Answer]:
    import cel

    programs = [cel.compile(text) for text in _expressions(policies.rules)]

    def decide(pair: Pair) -> Answer:
        context = cel.Context(facts(pair))
        held = [held for program in programs for held in program.execute(context)]
        return merged(policies.rules, (number for number, holds in enumerate(held) if holds))

    return decide


def _cpp(policies: PolicySet) -> Callable[[Pair], Answer]:
    from cel_expr_python import cel

    text = cel.Type.STRING
    environment = cel.NewEnv(variables={"product": text, "team": text, "environment": text, "kind": text})
    programs = [environment.compile(expression) for expression in _expressions(policies.rules)]

    def decide(pair: Pair) -> Answer:
        activation = environment.Activation(facts(pair))
        held = [held for program in programs for held in program.eval(activation).plain_value()]
        return merged(policies.rules, (number for number, holds in enumerate(held) if holds))

    return decide


CEL_RUST = Engine("common-expression-language (CEL, Rust)", _rust)
CEL_CPP = Engine("cel-expr-python (CEL, C++)", _cpp)
