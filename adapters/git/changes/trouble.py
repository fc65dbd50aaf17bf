"""What the ports of the dry run raise, turned into what the ports of a release raise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from adapters.git.failure import GitError
from adapters.git.lock import LockTimeoutError
from adapters.git.refusal import unreachable
from engine.execute.errors import AdapterError, RetryableError, TerminalError
from engine.plan.ports import RepositoryError
from engine.plan.world import UnreachableError


@contextmanager
def releasing(repository: str) -> Iterator[None]:
    """Turn trouble with a repository into an `AdapterError`; whether it may pass decides which.

    Args:
        repository: its address without credentials, for trouble that does not name one.
    """
    try:
        yield
    except RepositoryError as error:
        raise _of_repository(error) from error
    except UnreachableError as error:
        if isinstance(error.__cause__, RepositoryError):
            raise _of_repository(error.__cause__) from error
        raise TerminalError(error.reason, error.unblock) from error
    except GitError as failure:
        raise unreachable(repository, failure) from failure
    except OSError as error:
        raise RetryableError(f"{repository}: {error.strerror or error}", "make room, or mend the folder") from error


def _of_repository(error: RepositoryError) -> AdapterError:
    cause = error.__cause__
    passes = isinstance(cause, LockTimeoutError | OSError) or "cached clone is damaged" in error.reason
    if isinstance(cause, GitError) and not passes:
        passes = isinstance(unreachable(error.url, cause), RetryableError)
    return (RetryableError if passes else TerminalError)(str(error), error.help)
