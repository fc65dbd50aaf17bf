"""The type checker of conditions: from expressions as written to conditions with a meaning."""

from engine.model.check.conditions import Checked as Checked
from engine.model.check.conditions import check_condition as check_condition
from engine.model.check.findings import Mention as Mention

__all__ = ["Checked", "Mention", "check_condition"]
