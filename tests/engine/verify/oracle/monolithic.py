"""The same question as one Z3 problem, everything loaded at once: a second opinion that shares no code.

A point is a choice: one of the declared things, or for each attribute one of its representative values.
"""

from __future__ import annotations

import z3

from tests.engine.verify.oracle.naive import Attribute, Condition, Naive, Thing, everything, holds


class Monolithic:
    """A world in one solver; questions are assumptions."""

    def __init__(self, world: Naive) -> None:
        self.solver = z3.Solver()
        self._sides = {what: _Side(self.solver, everything(world, what), what) for what in ("product", "environment")}
        self._conditions = [self._encode(found) for found in [*(rule.when for rule in world.rules), *world.extra]]

    def exists(self, must: list[int], forbid: list[int]) -> bool:
        wanted = [self._conditions[number] for number in must]
        unwanted = [z3.Not(self._conditions[number]) for number in forbid]
        self.solver.push()
        self.solver.add(*wanted, *unwanted)
        answer = self.solver.check()
        self.solver.pop()
        assert answer != z3.unknown
        return bool(answer == z3.sat)

    def _encode(self, condition: Condition) -> z3.BoolRef:
        match condition[0]:
            case "always":
                return z3.BoolVal(True)
            case "not":
                return z3.Not(self._encode(condition[1]))
            case "and":
                return z3.And([self._encode(part) for part in condition[1]])
            case "or":
                return z3.Or([self._encode(part) for part in condition[1]])
            case _:
                return self._sides[condition[1][0]].test(condition)


class _Side:
    def __init__(self, solver: z3.Solver, things: list[Thing], what: str) -> None:
        self.what = what
        self.declared = [thing for thing in things if thing.declared]
        self.which = z3.Int(f"{what}")  # which declared thing; the number after the last is a new one
        solver.add(self.which >= 0, self.which <= len(self.declared))
        others = [thing for thing in things if not thing.declared]
        self.values: dict[Attribute, list[tuple[str, ...]]] = {}
        for attribute in dict.fromkeys(attribute for thing in others for attribute in thing.values):
            self.values[attribute] = list(dict.fromkeys(thing.values.get(attribute, ()) for thing in others))
        self.choice = {attribute: z3.Int(f"{'.'.join(attribute)}") for attribute in self.values}
        for attribute, values in self.values.items():
            solver.add(self.choice[attribute] >= 0, self.choice[attribute] < len(values))

    def test(self, condition: Condition) -> z3.BoolRef:
        ways = [self.which == number for number, thing in enumerate(self.declared) if holds(condition, thing)]
        attribute = condition[1]
        for number, value in enumerate(self.values.get(attribute, ())):
            if holds(condition, Thing(self.what, False, {attribute: value} if value else {})):
                ways.append(z3.And(self.which == len(self.declared), self.choice[attribute] == number))
        return z3.Or(ways)
