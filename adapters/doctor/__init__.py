"""Examines what promo runs on: the machine, the workspace, the repositories and servers it names."""

from adapters.doctor.check import Check as Check
from adapters.doctor.check import Result as Result
from adapters.doctor.check import Status as Status
from adapters.doctor.examination import Examined as Examined
from adapters.doctor.examination import examine as examine
from adapters.doctor.situation import Situation as Situation

__all__ = ["Check", "Examined", "Result", "Situation", "Status", "examine"]
