"""Argo CD's controller as far as releases see it: it follows real repositories, in time that a test lets pass.

Comparisons, syncs, health and hydration change an Application's document in the order, and with the fields, that
Argo CD does. What is deployed is the tree of the source's folder, so a commit that changes nothing there needs no sync.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.support.gitrepo import GitRepo

REFRESH = "argocd.argoproj.io/refresh"
OUTDATED = timedelta(minutes=2)


@dataclass
class Behaviour:
    """How an application and its controller behave from now on.

    Attributes:
        polling: seconds between comparisons that nobody asks for.
        sync_takes: seconds a sync takes.
        progressing: seconds after a sync until its health is settled.
        becomes: its health then.
        says: the message of that health.
        sync_fails: the message with which syncs fail; empty for they do not.
        compare_fails: the message with which comparisons fail.
        stuck: whether the controller takes up no request.
        lags: whether a comparison follows a sync only when it is due anyway.
        window: the message with which the server refuses syncs.
        hydrate_takes: seconds a hydration takes.
        hydration_fails: the message with which hydrations fail.
    """

    polling: float = 150
    sync_takes: float = 4
    progressing: float = 6
    becomes: str = "Healthy"
    says: str = ""
    sync_fails: str = ""
    compare_fails: str = ""
    stuck: bool = False
    lags: bool = False
    window: str = ""
    hydrate_takes: float = 3
    hydration_fails: str = ""


@dataclass
class FakeApplication:
    """An Application and what is really deployed."""

    document: dict[str, Any]
    behaviour: Behaviour = field(default_factory=Behaviour)
    deployed: list[str] | None = None
    settles: tuple[datetime, float, str, str] | None = None
    queued: bool = True
    rendered: str = ""

    @property
    def status(self) -> dict[str, Any]:
        return self.document["status"]  # type: ignore[no-any-return]

    @property
    def spec(self) -> dict[str, Any]:
        return self.document["spec"]  # type: ignore[no-any-return]

    @property
    def annotations(self) -> dict[str, str]:
        return self.document["metadata"].setdefault("annotations", {})  # type: ignore[no-any-return]

    @property
    def several(self) -> bool:
        return "sources" in self.spec

    @property
    def sources(self) -> list[dict[str, Any]]:
        hydrator = self.spec.get("sourceHydrator")
        if hydrator:
            sync = hydrator["syncSource"]
            url = sync.get("repoURL") or hydrator["drySource"]["repoURL"]
            return [{"repoURL": url, "path": sync["path"], "targetRevision": sync["targetBranch"]}]
        return self.spec["sources"] if self.several else [self.spec["source"]]

    @property
    def automated(self) -> bool:
        automated = self.spec.get("syncPolicy", {}).get("automated")
        return automated is not None and automated.get("enabled") is not False

    def touch(self) -> None:
        metadata = self.document["metadata"]
        metadata["resourceVersion"] = str(int(metadata["resourceVersion"]) + 1)


class Controller:
    """Moves applications on to a moment."""

    def __init__(self, repositories: dict[str, GitRepo]) -> None:
        self.repositories = repositories

    def settle(self, app: FakeApplication, now: datetime) -> None:
        """Do everything that is due."""
        for _ in range(20):
            before = json.dumps(app.document)
            self._hydrate(app, now)
            self._operate(app, now)
            if self._due(app, now) and self._has_branch(app):
                self._compare(app, now)
            self._health(app, now)
            if json.dumps(app.document) == before:
                return
            app.touch()
        raise AssertionError("the controller does not come to rest")

    def _git(self, url: str, *arguments: str) -> str:
        return self.repositories[url].git(*arguments)

    def _has_branch(self, app: FakeApplication) -> bool:
        """Say whether there is something to compare with; before the first hydration there is not."""
        (first, *_) = app.sources
        branch = f"refs/heads/{first.get('targetRevision')}"
        return "sourceHydrator" not in app.spec or bool(self._git(first["repoURL"], "for-each-ref", branch))

    def _revision(self, source: dict[str, Any]) -> str:
        if "chart" in source:
            return str(source["targetRevision"])
        return self._git(source["repoURL"], "rev-parse", f"{source.get('targetRevision', 'HEAD')}^{{commit}}")

    def _tree(self, source: dict[str, Any], revision: str) -> str:
        if "chart" in source:
            return revision
        return self._git(source["repoURL"], "rev-parse", f"{revision}:{source.get('path', '').strip('/')}")

    def _due(self, app: FakeApplication, now: datetime) -> bool:
        last = app.status.get("reconciledAt")
        if REFRESH in app.annotations and not app.behaviour.stuck:
            return True
        polled = last is None or now - datetime.fromisoformat(last) >= timedelta(seconds=app.behaviour.polling)
        return app.queued or polled

    def _compare(self, app: FakeApplication, now: datetime) -> None:
        app.queued = False
        app.annotations.pop(REFRESH, None)
        status = app.status
        status["reconciledAt"] = _text(now)
        status["conditions"] = []
        compared = {"destination": app.spec["destination"]}
        compared |= {"sources": app.sources} if app.several else {"source": app.sources[0]}
        if app.behaviour.compare_fails:
            names = [str(source.get("targetRevision", "HEAD")) for source in app.sources]
            status["sync"] = {"status": "Unknown", "comparedTo": compared} | _revisions(app, names)
            status["conditions"] = [_condition("ComparisonError", app.behaviour.compare_fails, now)]
            return
        revisions = [self._revision(source) for source in app.sources]
        trees = [self._tree(source, revision) for source, revision in zip(app.sources, revisions, strict=True)]
        word = "Synced" if trees == app.deployed else "OutOfSync"
        status["sync"] = {"status": word, "comparedTo": compared} | _revisions(app, revisions)
        if word == "OutOfSync" and app.automated and "operation" not in app.document:
            self._sync_by_itself(app, revisions, now)

    def _sync_by_itself(self, app: FakeApplication, revisions: list[str], now: datetime) -> None:
        last = app.status.get("operationState")
        if last and last["phase"] in ("Failed", "Error") and _asked(last["operation"]["sync"]) == revisions:
            message = f"Failed last sync attempt to {revisions}: {last['message']}"
            app.status["conditions"] = [_condition("SyncError", message, now)]
            return
        sync = _revisions(app, revisions)
        app.document["operation"] = {"initiatedBy": {"automated": True}, "sync": sync}

    def _operate(self, app: FakeApplication, now: datetime) -> None:
        operation = app.document.get("operation")
        if operation is None or app.behaviour.stuck:
            return
        state = app.status.get("operationState")
        if state is None or state["phase"] != "Running":
            message = "one or more tasks are running"
            state = {"phase": "Running", "message": message, "startedAt": _text(now), "operation": operation}
            app.status["operationState"] = state
        ends = datetime.fromisoformat(state["startedAt"]) + timedelta(seconds=app.behaviour.sync_takes)
        if now >= ends:
            self._finish(app, state, ends)

    def _finish(self, app: FakeApplication, state: dict[str, Any], ends: datetime) -> None:
        behaviour = app.behaviour
        revisions = _asked(state["operation"]["sync"]) or [self._revision(source) for source in app.sources]
        done = {"sources": app.sources} if app.several else {"source": app.sources[0]}
        state["syncResult"] = {"revision": "", "resources": []} | _revisions(app, revisions) | done
        state["finishedAt"] = _text(ends)
        del app.document["operation"]
        app.queued = not behaviour.lags
        if behaviour.sync_fails:
            state |= {"phase": "Failed", "message": behaviour.sync_fails}
            return
        state |= {"phase": "Succeeded", "message": "successfully synced (all tasks run)"}
        history = app.status.setdefault("history", [])
        history.append({"id": len(history), "deployedAt": _text(ends)} | _revisions(app, revisions) | done)
        del history[:-10]
        app.deployed = [self._tree(source, one) for source, one in zip(app.sources, revisions, strict=True)]
        app.settles = (ends, behaviour.progressing, behaviour.becomes, behaviour.says)

    def _health(self, app: FakeApplication, now: datetime) -> None:
        if app.settles is None:
            app.status.setdefault("health", {"status": "Missing", "lastTransitionTime": _text(now)})
            return
        synced, progressing, becomes, says = app.settles
        settled = synced + timedelta(seconds=progressing)
        word, since, message = ("Progressing", synced, "") if now < settled else (becomes, settled, says)
        if app.queued or app.behaviour.lags:
            return  # health is computed with the comparison
        if app.status.get("health", {}).get("status") != word:
            app.status["health"] = {"status": word, "lastTransitionTime": _text(since)}
            app.status["health"] |= {"message": message} if message else {}

    def _hydrate(self, app: FakeApplication, now: datetime) -> None:
        hydrator = app.spec.get("sourceHydrator")
        if hydrator is None or app.behaviour.stuck or not self._due_to_hydrate(app, now):
            return
        dry, state = hydrator["drySource"], app.status.setdefault("sourceHydrator", {})
        current = state.get("currentOperation", {})
        head = self._revision(dry)
        if current.get("phase") != "Hydrating":
            tree = self._tree(dry, head)
            if tree == app.rendered:
                state["lastComparedDryRevision"] = head
                return
            current = {"phase": "Hydrating", "message": "", "drySHA": head, "startedAt": _text(now)}
            state["currentOperation"] = current | {"sourceHydrator": hydrator}
            return
        ends = datetime.fromisoformat(current["startedAt"]) + timedelta(seconds=app.behaviour.hydrate_takes)
        if now < ends:
            return
        current["finishedAt"] = _text(ends)
        if app.behaviour.hydration_fails:
            current |= {"phase": "Failed", "message": app.behaviour.hydration_fails}
            app.annotations.pop(REFRESH, None)
            return
        self._render(app, hydrator, state, current)

    def _due_to_hydrate(self, app: FakeApplication, now: datetime) -> bool:
        current = app.status.get("sourceHydrator", {}).get("currentOperation", {})
        if current.get("phase") == "Hydrating":
            return True
        if current.get("phase") == "Failed":
            old = now - datetime.fromisoformat(current["finishedAt"]) > OUTDATED
            return old or REFRESH in app.annotations
        return self._due(app, now)

    def _render(
        self, app: FakeApplication, hydrator: dict[str, Any], state: dict[str, Any], current: dict[str, Any]
    ) -> None:
        dry, sync = hydrator["drySource"], hydrator["syncSource"]
        tree = self._tree(dry, current["drySHA"])
        metadata = json.dumps({"repoURL": dry["repoURL"], "drySha": current["drySHA"]})
        branch = hydrator.get("hydrateTo", sync)["targetBranch"]
        made = self.repositories[dry["repoURL"]].commit(
            {f"{sync['path']}/manifest.yaml": f"# {tree}\n", "hydrator.metadata": metadata},
            message="hydrated",
            branch=branch,
        )
        current |= {"phase": "Hydrated", "hydratedSHA": made}
        state["lastSuccessfulOperation"] = {
            "drySHA": current["drySHA"],
            "hydratedSHA": made,
            "sourceHydrator": hydrator,
        }
        state["lastComparedDryRevision"] = current["drySHA"]
        app.rendered, app.queued = tree, True


def _text(moment: datetime) -> str:
    """Return a moment as Kubernetes writes it: in whole seconds."""
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _condition(kind: str, message: str, now: datetime) -> dict[str, str]:
    return {"type": kind, "message": message, "lastTransitionTime": _text(now)}


def _revisions(app: FakeApplication, revisions: list[str]) -> dict[str, Any]:
    return {"revisions": revisions} if app.several else {"revision": revisions[0]}


def _asked(sync: dict[str, Any]) -> list[str]:
    return sync.get("revisions") or ([sync["revision"]] if sync.get("revision") else [])
