"""A real Argo Workflows, where the environment names one: templates are made there, run, and removed."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from adapters.remote.server import ApiServer
from adapters.secrets import Secret
from adapters.workflows.rest import RestApi
from adapters.workflows.runs import ArgoWorkflows
from engine.execute.ports import RunPhase, WorkflowRun, Workflows

URL = os.environ.get("PROMO_TEST_ARGO_WORKFLOWS_URL", "")
_IMAGE = os.environ.get("PROMO_TEST_ARGO_WORKFLOWS_IMAGE", "busybox:1.36")
_LABEL = "workflows.argoproj.io/workflow-template"


def template_document(
    name: str, namespace: str, ends: RunPhase, outputs: Mapping[str, str], says: str, lasts: bool
) -> dict[str, Any]:
    """Return a WorkflowTemplate whose runs print, export and end as they are told."""
    values = [{"name": f"V{number}", "value": value} for number, value in enumerate(outputs.values())]
    script = "".join(f'printf %s "$V{number}" > /tmp/o{number}; ' for number in range(len(values)))
    script += f'echo "$SAYS"; {"sleep 3600; " if lasts else ""}exit {0 if ends is RunPhase.SUCCEEDED else 1}'
    exported = [
        {"name": f"o{number}", "globalName": one, "valueFrom": {"path": f"/tmp/o{number}"}}
        for number, one in enumerate(outputs)
    ]
    main: dict[str, Any] = {
        "name": "main",
        "container": {
            "image": _IMAGE,
            "command": ["sh", "-c", script],
            "env": [{"name": "SAYS", "value": says}, *values],
        },
    }
    if exported:
        main["outputs"] = {"parameters": exported}
    spec = {"entrypoint": "main", "arguments": {"parameters": [{"name": "p", "value": "0"}]}, "templates": [main]}
    return {"metadata": {"name": name, "namespace": namespace}, "spec": spec}


class RealWorld:
    """Templates and runs of a real server; each test begins with none of the last one's."""

    strict = True

    def __init__(self) -> None:
        self._namespace = os.environ.get("PROMO_TEST_ARGO_WORKFLOWS_NAMESPACE", "argo")
        token = os.environ.get("PROMO_TEST_ARGO_WORKFLOWS_TOKEN", "")
        self._server = ApiServer(URL.rstrip("/"), (lambda: Secret(token)) if token else None)
        self._templates: list[str] = []
        self._sweep()

    def workflows(self) -> Workflows:
        return ArgoWorkflows(RestApi(self._server, self._namespace), self._namespace)

    def template(
        self,
        name: str,
        *,
        ends: RunPhase,
        outputs: Mapping[str, str] | None = None,
        says: str = "",
        lasts: bool = False,
    ) -> None:
        path = f"/api/v1/workflow-templates/{self._namespace}"
        self._ask("DELETE", f"{path}/{name}", missing=True)
        document = template_document(name, self._namespace, ends, outputs or {}, says, lasts)
        self._ask("POST", path, {"template": document})
        self._templates.append(name)
        time.sleep(1.5)  # the server sees new templates a little later

    def started(self, template: str) -> int:
        query = f"?listOptions.labelSelector={quote(f'{_LABEL}={template}')}"
        return len(self._ask("GET", f"/api/v1/workflows/{self._namespace}{query}").get("items") or [])

    def forget(self, run: WorkflowRun) -> None:
        self._ask("DELETE", f"/api/v1/workflows/{self._namespace}/{run.name}")

    def pass_time(self) -> None:
        time.sleep(1)

    def close(self) -> None:
        """Remove what the test made."""
        self._sweep()
        for name in self._templates:
            self._ask("DELETE", f"/api/v1/workflow-templates/{self._namespace}/{name}", missing=True)

    def _sweep(self) -> None:
        path = f"/api/v1/workflows/{self._namespace}"
        for item in self._ask("GET", f"{path}?listOptions.labelSelector=promo.io/release%3Drel-1").get("items") or ():
            self._ask("DELETE", f"{path}/{item['metadata']['name']}", missing=True)

    def _ask(self, method: str, path: str, body: Any = None, *, missing: bool = False) -> Any:
        import json

        answer = asyncio.run(self._server.ask(method, path, body=body))
        assert answer.is_success or (missing and answer.status == 404), (method, path, answer)
        return json.loads(answer.body) if answer.is_success else {}
