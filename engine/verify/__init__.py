"""Proofs about what the policies can ever do, for every product and environment that could exist.

The names are found when they are first used, and Z3 is loaded only when a goal needs it: `import engine.verify`
costs nothing.

A *point* is a product, an environment and a flow. A declared name has the facts it was declared with; any
other name may have any labels, tags and kind. `Questions.decide` answers whether there is a point that all of
some conditions hold for and none of others; `Questions.search` does so for blockers that are not written out.
`verify_workspace` runs every check of `engine.verify.checks`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.verify.blockers import Clause as Clause
    from engine.verify.context import Check as Check
    from engine.verify.context import Context as Context
    from engine.verify.context import Holds as Holds
    from engine.verify.declared import DeclaredWorld as DeclaredWorld
    from engine.verify.finding import Finding as Finding
    from engine.verify.folding import fold as fold
    from engine.verify.globs import Pattern as Pattern
    from engine.verify.globs import contains as contains
    from engine.verify.globs import overlap as overlap
    from engine.verify.globs import word as word
    from engine.verify.points import Side as Side
    from engine.verify.points import Witness as Witness
    from engine.verify.question import ANY_FLOW as ANY_FLOW
    from engine.verify.question import Questions as Questions
    from engine.verify.report import Report as Report
    from engine.verify.statistics import Statistics as Statistics
    from engine.verify.verdict import CoreReason as CoreReason
    from engine.verify.verdict import Proved as Proved
    from engine.verify.verdict import ReasonKind as ReasonKind
    from engine.verify.verdict import Refuted as Refuted
    from engine.verify.verdict import Unknown as Unknown
    from engine.verify.verdict import Verdict as Verdict
    from engine.verify.verdict import VerificationError as VerificationError
    from engine.verify.verification import run_checks as run_checks
    from engine.verify.verification import verify_workspace as verify_workspace
    from engine.verify.world import World as World

_NAMES = {
    "blockers": ("Clause",),
    "context": ("Check", "Context", "Holds"),
    "declared": ("DeclaredWorld",),
    "finding": ("Finding",),
    "folding": ("fold",),
    "globs": ("Pattern", "contains", "overlap", "word"),
    "points": ("Side", "Witness"),
    "question": ("ANY_FLOW", "Questions"),
    "report": ("Report",),
    "statistics": ("Statistics",),
    "verdict": ("CoreReason", "Proved", "ReasonKind", "Refuted", "Unknown", "Verdict", "VerificationError"),
    "verification": ("run_checks", "verify_workspace"),
    "world": ("World",),
}
_HOMES = {name: module for module, names in _NAMES.items() for name in names}

__all__ = list(_HOMES)  # a test holds it to the imports above


def __getattr__(name: str) -> object:
    """Import a public name's module when the name is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
