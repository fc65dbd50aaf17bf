"""What a cluster answers when it is asked what somebody may do."""

from __future__ import annotations

from typing import Any

REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


def reviewed(asked: Any, lacking: tuple[str, ...]) -> dict[str, Any]:
    """Return a question about a right with its answer; ``lacking`` holds ``VERB RESOURCE`` of what is refused."""
    about = asked["spec"]["resourceAttributes"]
    part = f"/{about['subresource']}" if "subresource" in about else ""
    assert about["group"] == ("" if about["resource"] == "pods" else "argoproj.io")
    allowed = f"{about['verb']} {about['resource']}{part}" not in lacking
    return asked | {"metadata": {}, "status": {"allowed": allowed}}
