"""The worker: takes releases that are due and has them moved on, many at once, without ever holding one too long."""

from adapters.queue.worker import Worker

__all__ = ["Worker"]
