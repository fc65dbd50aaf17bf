"""What a cluster lets us do, asked of the cluster itself before anything is tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from adapters.remote.cluster import RefusedError, cluster_client
from engine.execute.errors import TerminalError

if TYPE_CHECKING:
    from lightkube.config.kubeconfig import SingleConfig


class Right(NamedTuple):
    """One thing that may be done in a namespace.

    Attributes:
        verb: e.g. ``get``.
        resource: the plural, with ``/`` before a part of it, e.g. ``pods/log``.
        group: of the resource; empty for Kubernetes' own.
    """

    verb: str
    resource: str
    group: str = "argoproj.io"

    def __str__(self) -> str:
        """Return it as people write it."""
        return f"`{self.verb}` of `{self.resource}`"


async def lacking_rights(
    config: Callable[[], SingleConfig], timeout: float, remedy: str, namespace: str, rights: Sequence[Right]
) -> list[Right]:
    """Return those of some rights that we do not have; nothing is changed by asking.

    Args:
        config: returns how the cluster is reached.
        timeout: seconds one question may take.
        remedy: what to do where the cluster is not configured.
        namespace: where things are to be done.
        rights: that are needed.

    Raises:
        AdapterError: as `cluster_client`; `TerminalError` also where the cluster does not answer such questions.
    """
    from lightkube.models.authorization_v1 import ResourceAttributes, SelfSubjectAccessReviewSpec
    from lightkube.resources.authorization_v1 import SelfSubjectAccessReview

    lacking: list[Right] = []
    try:
        for right in rights:
            resource, _, part = right.resource.partition("/")
            asked = ResourceAttributes(
                group=right.group, namespace=namespace, resource=resource, subresource=part or None, verb=right.verb
            )
            async with cluster_client(config, timeout, remedy) as client:
                review = await client.create(
                    SelfSubjectAccessReview(spec=SelfSubjectAccessReviewSpec(resourceAttributes=asked))
                )
            if review.status is None or not review.status.allowed:
                lacking.append(right)
    except RefusedError as refused:
        raise TerminalError(f"the cluster answered {refused.status}: {refused.message}", remedy) from refused
    return lacking
