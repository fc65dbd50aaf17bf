"""One call of a cluster's Kubernetes API, and how it fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from adapters.remote.failures import NoAccessError, UnreachableError
from adapters.remote.said import said
from adapters.secrets import Secret
from engine.execute.errors import RetryableError, TerminalError

if TYPE_CHECKING:
    from lightkube import AsyncClient
    from lightkube.config.kubeconfig import SingleConfig

BUSY = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses after which the same call may succeed."""


class RefusedError(Exception):
    """The cluster refused a call.

    Attributes:
        status: the HTTP status.
        reason: Kubernetes' word for it, e.g. ``NotFound``.
        name: of the object that it is about; empty where it is about the kind.
        message: what it said.
    """

    def __init__(self, status: int, reason: str, name: str, message: str) -> None:
        """Describe the refusal."""
        super().__init__(message)
        self.status, self.reason, self.name, self.message = status, reason, name, message

    @property
    def is_missing(self) -> bool:
        """Whether an object is not there; where Kubernetes does not know its kind, it names none."""
        return self.status == 404 and self.reason == "NotFound" and bool(self.name)


def argo_kind(name: str) -> Any:
    """Return a kind of Argo as the library names kinds; those that begin with ``Cluster`` are in no namespace."""
    from lightkube.generic_resource import create_global_resource, create_namespaced_resource

    make = create_global_resource if name.startswith("Cluster") else create_namespaced_resource
    return make("argoproj.io", "v1alpha1", name, f"{name.lower()}s")


@asynccontextmanager
async def cluster_client(
    config: Callable[[], SingleConfig], timeout: float, remedy: str, *, streams: bool = False
) -> AsyncIterator[AsyncClient]:
    """Connect to a cluster for one call or a stream; what goes wrong meanwhile leaves as one of three errors.

    Args:
        config: returns how the cluster is reached; `ConfigError` of lightkube where it is not.
        timeout: seconds one call may take, its whole answer included.
        remedy: what to do where it is not configured.
        streams: whether the answer is a stream, of which only each part may take so long.

    Raises:
        RefusedError: when the cluster refuses a call.
        RetryableError: when it cannot be reached.
        TerminalError: when it is not configured, or cannot be asked.
    """
    import httpx2
    from lightkube import AsyncClient
    from lightkube.core.exceptions import ApiError, ConfigError, LoadResourceError

    try:
        chosen = config()
        client = AsyncClient(chosen, timeout=httpx2.Timeout(timeout))
    except (ConfigError, OSError, KeyError, ValueError, AssertionError) as wrong:
        raise NoAccessError(f"the cluster cannot be reached: {said(str(wrong))}", remedy) from wrong
    try:
        async with asyncio.timeout(None if streams else timeout):
            yield client
    except TimeoutError as late:
        raise RetryableError(f"the cluster did not answer within {timeout:g} seconds") from late
    except ApiError as refused:
        told = refused.status
        name = (told.details.name if told.details else "") or ""
        # What the status says in words may be another's number, as of something between.
        status = refused.response.status_code if refused.response is not None else told.code or 0
        raise RefusedError(status, told.reason or "", name, _heard(chosen, str(told.message or refused))) from refused
    except httpx2.HTTPStatusError as refused:
        # What is no answer of Kubernetes itself: of a proxy, or for a path that it does not have.
        status = refused.response.status_code
        raise RefusedError(status, "", "", f"something other than Kubernetes answered {status}") from refused
    except httpx2.HTTPError as failed:
        unreachable = isinstance(failed, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.ProxyError)
        kind = UnreachableError if unreachable else RetryableError
        raise kind(f"the cluster cannot be reached: {_heard(chosen, str(failed) or repr(failed))}") from failed
    except (ConfigError, LoadResourceError) as wrong:
        raise TerminalError(f"the cluster cannot be asked: {said(str(wrong))}", remedy) from wrong
    except KeyError as wrong:
        # The library takes for granted that a refusal says its type.
        if wrong.args != ("Content-Type",):
            raise
        raise RetryableError("the cluster cannot be reached: something else refuses what it is asked") from wrong
    except ValueError as wrong:
        raise RetryableError("the cluster answered with something that is not JSON") from wrong
    finally:
        await client.close()


def _heard(config: SingleConfig, text: str) -> str:
    """Return what a cluster has said, without what it was shown."""
    user = config.user
    for shown in (user.token, user.password) if user is not None else ():
        text = Secret(shown or "").hidden_in(text)
    return said(text)
