"""Argo CD through the Kubernetes API of its cluster, where no API server of its own can be reached.

What the API server would do is done to the object: a refresh is an annotation that the controller removes, a sync is
the field ``operation`` that the controller takes up. A patch carries the version of the object the decision was made
on, so that a sync that somebody else has just asked for is never replaced. Source: argo, sections 2 and 6.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from adapters.argocd.reading import read_application
from adapters.argocd.seen import REFRESH_ANNOTATION, STEP_KEY, ApplicationSeen
from adapters.argocd.transport import Address, NotNowError, SyncRequest
from adapters.remote.cluster import BUSY, RefusedError, argo_kind, cluster_client
from adapters.remote.cluster_rights import Right, lacking_rights
from adapters.remote.failures import NoAccessError
from adapters.remote.shape import NotReadableError
from engine.execute.errors import RetryableError, TerminalError

if TYPE_CHECKING:
    from lightkube.config.kubeconfig import SingleConfig

_REMEDY = "correct `kubernetes` of the runtime"


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

    async def lacking(self, namespace: str) -> list[Right]:
        """Return the rights that releases need in a namespace, and we do not have; empty for Argo CD's own."""
        wanted = [Right(verb, "applications") for verb in ("get", "patch")]
        return await lacking_rights(self._config, self._timeout, _REMEDY, namespace or self._namespace, wanted)

    async def _call(self, address: Address, patch: dict[str, Any] | None) -> ApplicationSeen:
        from lightkube.types import PatchType

        kind = argo_kind("Application")
        where: dict[str, Any] = {"name": address.name, "namespace": address.namespace or self._namespace}
        try:
            async with cluster_client(self._config, self._timeout, _REMEDY) as client:
                if patch is None:
                    found = await client.get(kind, **where)
                else:
                    found = await client.patch(kind, obj=patch, patch_type=PatchType.MERGE, **where)
        except RefusedError as refused:
            raise _failure(refused, address) from refused
        return _read(found.to_dict(), address)


def _read(data: Any, address: Address) -> ApplicationSeen:
    try:
        seen = read_application(data)
    except NotReadableError as wrong:
        raise TerminalError(f"application `{address}` cannot be read: {wrong}") from wrong
    if seen.project != address.project:
        raise TerminalError(
            f"application `{address}` is in project `{seen.project}`, not in `{address.project}`",
            "correct its `spec.project` in the workspace",
        )
    return seen


def _failure(refused: RefusedError, address: Address) -> Exception:
    told = f"the cluster answered {refused.status}: {refused.message}"
    if refused.status == 409:
        return NotNowError("the application has changed in the meantime", passing=True)
    if refused.status in BUSY:
        return RetryableError(told)
    match refused.status:
        case 401:
            return NoAccessError(told, "the credentials of the context are wrong or have expired")
        case 403:
            return TerminalError(told, "grant `get` and `patch` of `applications.argoproj.io` in that namespace")
        case 404 if refused.is_missing:
            return TerminalError(
                f"there is no application `{address}` in the cluster ({told})",
                "correct its name or namespace in the workspace, `namespace` of the runtime, or create it",
            )
        case 404:
            return TerminalError(told, "install Argo CD there, or correct `kubernetes` of the runtime")
        case _:
            return TerminalError(told)
