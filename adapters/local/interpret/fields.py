"""Which fields of a manifest are run, and which say where pods go and so mean nothing on one machine.

Whatever is in neither list is refused. Source: the custom resource definition of WorkflowTemplate.
"""

from __future__ import annotations

MANIFEST = frozenset({"apiVersion", "kind", "metadata", "spec"})
SPEC = frozenset({"entrypoint", "arguments", "templates", "onExit", "activeDeadlineSeconds", "parallelism"})
SPEC_OF_PODS = frozenset(
    {
        "affinity", "archiveLogs", "artifactGC", "artifactRepositoryRef", "automountServiceAccountToken", "dnsConfig",
        "dnsPolicy", "executor", "hostAliases", "hostNetwork", "imagePullSecrets", "metrics", "nodeSelector",
        "podDisruptionBudget", "podGC", "podMetadata", "podPriorityClassName", "priority", "schedulerName",
        "securityContext", "serviceAccountName", "tolerations", "ttlStrategy", "workflowMetadata",
    }
)  # fmt: skip
TEMPLATE = frozenset(
    {
        "name", "inputs", "outputs", "container", "script", "steps", "dag", "suspend", "retryStrategy",
        "activeDeadlineSeconds", "timeout", "parallelism",
    }
)  # fmt: skip
TEMPLATE_OF_PODS = frozenset(
    {
        "affinity", "annotations", "archiveLocation", "automountServiceAccountToken", "executor", "hostAliases",
        "metadata", "metrics", "nodeSelector", "podPriorityClassName", "priorityClassName", "schedulerName",
        "securityContext", "serviceAccountName", "tolerations",
    }
)  # fmt: skip
CONTAINER = frozenset({"name", "image", "command", "args", "env", "workingDir"})
CONTAINER_OF_PODS = frozenset(
    {
        "imagePullPolicy", "lifecycle", "livenessProbe", "ports", "readinessProbe", "resources", "securityContext",
        "startupProbe", "stdin", "stdinOnce", "terminationMessagePath", "terminationMessagePolicy", "tty",
    }
)  # fmt: skip
CALL = frozenset(
    {
        "name", "template", "templateRef", "arguments", "when", "withItems", "withParam", "withSequence", "continueOn",
    }
)  # fmt: skip
TASK = CALL | {"depends", "dependencies"}
PARAMETER = frozenset({"name", "value", "default", "description", "enum"})
OUTPUT = frozenset({"name", "value", "valueFrom", "globalName", "description"})
RETRY = frozenset({"limit", "retryPolicy", "backoff"})
