"""The worker: takes releases that are due and has them moved on, many at once, without ever holding one too long."""

from adapters.queue.owner import new_owner as new_owner
from adapters.queue.worker import Worker as Worker

__all__ = ["Worker", "new_owner"]
