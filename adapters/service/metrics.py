"""What Prometheus is told. `docs/service.md` describes every metric."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from adapters.version import VERSION

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_LAG = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)


class Metrics:
    """Counters of one service; labels are from closed lists, so that their number is bounded."""

    def __init__(self) -> None:
        """Begin with everything at nothing."""
        self.registry = CollectorRegistry()
        where = self.registry
        self.requests = Histogram(
            "promo_http_request_seconds",
            "How long answers took, by the route's pattern",
            ("method", "route", "status"),
            buckets=_SECONDS,
            registry=where,
        )
        self.webhooks = Counter(
            "promo_webhooks", "Webhooks received, by what came of them", ("kind", "result"), registry=where
        )
        self.bad_signatures = Counter(
            "promo_webhook_bad_signatures", "Webhooks refused for their signature or token", ("kind",), registry=where
        )
        self.refused = Counter("promo_http_refused", "Calls refused for who made them", ("status",), registry=where)
        self.releases = Gauge("promo_releases", "Releases that are not over, by status", ("status",), registry=where)
        self.due = Gauge("promo_releases_due", "Releases that are due and that nobody has taken", registry=where)
        self.passes = Counter("promo_passes", "Passes over releases, by how they ended", ("result",), registry=where)
        self.pass_seconds = Histogram("promo_pass_seconds", "How long passes took", buckets=_SECONDS, registry=where)
        self.effects = Counter(
            "promo_effects", "Calls of other systems, by what came of them", ("kind", "result"), registry=where
        )
        self.triggered = Counter("promo_triggers", "What commits have led to", ("result",), registry=where)
        self.sources = Counter(
            "promo_source_looks", "Looks at repositories, by how they ended", ("result",), registry=where
        )
        self.lag = Histogram("promo_trigger_lag_seconds", "From a push to its release", buckets=_LAG, registry=where)
        self.outages = Counter("promo_store_outages", "Calls of the store that could not reach it", registry=where)
        self.woken = Counter(
            "promo_releases_woken", "Releases woken because somebody told of a change", ("by",), registry=where
        )
        self.watches = Gauge(
            "promo_workflow_watches", "Streams of workflows, by whether they are open", ("state",), registry=where
        )
        self.watch_faults = Counter(
            "promo_workflow_watch_faults", "Watches of workflows that broke and were begun again", registry=where
        )
        self.workspace_ok = Gauge("promo_workspace_ok", "1 when the workspace's files are what is used", registry=where)
        self.reloads = Gauge("promo_workspace_reloads", "Changed workspaces that were taken over", registry=where)
        self.tasks = Gauge("promo_tasks", "Tasks of the event loop that are not over", registry=where)
        # Memory, processor time and open files, under the names that every exporter uses.
        ProcessCollector(registry=where)
        Gauge("promo_build_info", "1; the label says which promo this is", ("version",), registry=where).labels(
            VERSION
        ).set(1)

    def text(self) -> bytes:
        """Return all of them as Prometheus reads them."""
        return generate_latest(self.registry)
