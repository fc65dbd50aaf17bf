"""Argo CD through the Kubernetes API of its cluster, where no API server of its own can be reached.

What the API server would do is done to the object: a refresh is an annotation that the controller removes, a sync is
the field ``operation`` that the controller takes up. A patch carries the version of the object the decision was made
on, so that a sync that somebody else has just asked for is never replaced. Source: argo, sections 2 and 6.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from adapters.argocd.reading import NotAnApplicationError, read_application
from adapters.argocd.seen import REFRESH_ANNOTATION, STEP_KEY, ApplicationSeen
from adapters.argocd.transport import Address, NotNowError, SyncRequest
from adapters.argocd.verdict import said
from engine.execute.errors import AdapterError, RetryableError, TerminalError

if TYPE_CHECKING:
    from lightkube import AsyncClient
    from lightkube.config.kubeconfig import SingleConfig

_BUSY = frozenset({408, 429, 500, 502, 503, 504})


class KubernetesApi:
    """Makes calls of the Kubernetes API."""

    def __init__(self, config: Callable[[], SingleConfig], namespace: str, timeout: float = 30.0) -> None:
        """Prepare to ask.

        Args:
            config: returns how the cluster is reached; `ConfigError` of lightkube where it is not.
            namespace: Argo CD's own, where applications without a namespace are.
            timeout: seconds one call may take.
        """
        self._config, self._namespace, self._timeout = config, namespace, timeout

    async def get(self, address: Address) -> ApplicationSeen:
        """Return an application; see `Transport`."""
        return await self._call(address, None)

    async def refresh(self, address: Address, *, hard: bool) -> ApplicationSeen | None:
        """Ask for a comparison; see `Transport`. It is never waited for."""
        await self._call(address, {"metadata": {"annotations": {REFRESH_ANNOTATION: "hard" if hard else "normal"}}})
        return None

    async def sync(self, address: Address, request: SyncRequest) -> None:
        """Ask for a sync; see `Transport`."""
        sync: dict[str, Any] = {"syncOptions": list(request.options)} if request.options else {}
        operation: dict[str, Any] = {
            "initiatedBy": {"username": "promo"},
            "info": [{"name": STEP_KEY, "value": request.step}],
            "sync": sync,
        }
        if request.retry:
            operation["retry"] = dict(request.retry)
        patch: dict[str, Any] = {"metadata": {"resourceVersion": request.version}, "operation": operation}
        if request.followed:
            # As Argo CD's own server does: the state of the last one would be taken for that of this one.
            patch["status"] = {"operationState": None}
        await self._call(address, patch)

    async def _call(self, address: Address, patch: dict[str, Any] | None) -> ApplicationSeen:
        import httpx2
        from lightkube import AsyncClient
        from lightkube.core.exceptions import ApiError, ConfigError, LoadResourceError
        from lightkube.types import PatchType

        try:
            client = AsyncClient(self._config(), timeout=httpx2.Timeout(self._timeout))
        except (ConfigError, OSError, KeyError, ValueError, AssertionError) as wrong:
            raise TerminalError(
                f"the cluster cannot be reached: {said(str(wrong))}", "correct `kubernetes` of the runtime"
            ) from wrong
        kind = _application_kind()
        where: dict[str, Any] = {"name": address.name, "namespace": address.namespace or self._namespace}
        try:
            if patch is None:
                found = await client.get(kind, **where)
            else:
                found = await client.patch(kind, obj=patch, patch_type=PatchType.MERGE, **where)
        except ApiError as refused:
            raise _failure(refused.status.code or 0, str(refused.status.message or refused), address) from refused
        except ValueError as wrong:
            raise RetryableError("the cluster answered with something that is not JSON") from wrong
        except httpx2.HTTPError as failed:
            raise RetryableError(f"the cluster cannot be reached: {said(str(failed) or repr(failed))}") from failed
        except (ConfigError, LoadResourceError) as wrong:
            raise TerminalError(f"the cluster cannot be asked: {said(str(wrong))}") from wrong
        finally:
            await _close(client)
        return _read(found.to_dict() if hasattr(found, "to_dict") else found, address)


def _application_kind() -> Any:
    from lightkube.generic_resource import create_namespaced_resource

    return create_namespaced_resource("argoproj.io", "v1alpha1", "Application", "applications")


async def _close(client: AsyncClient) -> None:
    await client.close()


def _read(data: Any, address: Address) -> ApplicationSeen:
    try:
        seen = read_application(data)
    except NotAnApplicationError as wrong:
        raise TerminalError(f"application `{address}` cannot be read: {wrong}") from wrong
    if seen.project != address.project:
        raise TerminalError(
            f"application `{address}` is in project `{seen.project}`, not in `{address.project}`",
            "correct its `spec.project` in the workspace",
        )
    return seen


def _failure(status: int, message: str, address: Address) -> Exception:
    told = f"the cluster answered {status}: {said(message)}"
    if status == 409:
        return NotNowError("the application has changed in the meantime")
    if status in _BUSY:
        return RetryableError(told)
    return _refusal(status, told, address)


def _refusal(status: int, told: str, address: Address) -> AdapterError:
    if status == 401:
        return TerminalError(told, "the credentials of the context are wrong or have expired")
    if status == 403:
        return TerminalError(told, "grant `get` and `patch` of `applications.argoproj.io` in that namespace")
    if status == 404:
        return TerminalError(
            f"there is no application `{address}` in the cluster ({told})",
            "correct its name or namespace in the workspace, `namespace` of the runtime, or create it",
        )
    return TerminalError(told)
