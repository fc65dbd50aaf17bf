"""The routes of three kinds of forges over one state: what they take, and the form they answer in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from tests.fakes.forge_state import ACCOUNTS, MOMENT, OWN, FakePull, ForgeState, RefusedError

Query = dict[str, str]


@dataclass(frozen=True)
class Reply:
    """An answer; a list is divided into pages by the server."""

    status: int
    body: Any
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Route:
    """One call. ``template`` is its path as the forge's own description writes it."""

    method: str
    template: str
    pattern: re.Pattern[str]
    answer: Callable[[ForgeState, re.Match[str], Query, Any], Reply]


def person(name: str) -> dict[str, Any]:
    return {"id": ACCOUNTS[name], "login": name, "username": name, "type": "User"}


def route(method: str, template: str, answer: Callable[[ForgeState, re.Match[str], Query, Any], Reply]) -> Route:
    """Return a route; ``{name}`` in its template is one part of a path, ``{name*}`` any number of them."""
    pattern = re.sub(
        r"\{(\w+)(\*?)\}",
        lambda found: f"(?P<{found[1]}>{'.+' if found[2] else '[^/]+'})",
        re.escape(template).replace(r"\{", "{").replace(r"\}", "}").replace(r"\*", "*"),
    )
    return Route(method, template, re.compile(pattern), answer)


def looked(state: ForgeState, match: re.Match[str]) -> FakePull:
    return state.find(int(match["number"]))


def by_branch(state: ForgeState, head: str, how: str) -> list[FakePull]:
    wanted = [pull for pull in state.pulls if pull.head == head and how in ("all", pull.state)]
    return wanted[::-1]


# --- GitHub -------------------------------------------------------------------------------------------


def github_pull(state: ForgeState, pull: FakePull, *, whole: bool) -> dict[str, Any]:
    owner = state.project.partition("/")[0]
    shown: dict[str, Any] = {
        "id": pull.number * 10,
        "number": pull.number,
        "html_url": f"https://forge.example.com/{state.project}/pull/{pull.number}",
        "state": "open" if pull.state == "open" else "closed",
        "title": pull.title,
        "body": pull.body,
        "draft": pull.draft,
        "head": {
            "ref": pull.head,
            "sha": pull.sha,
            "label": f"{owner}:{pull.head}",
            "repo": {"full_name": state.project},
        },
        "base": {"ref": pull.base, "sha": state.branch(pull.base), "repo": {"full_name": state.project}},
        "merged_at": MOMENT if pull.state == "merged" else None,
        "closed_at": None if pull.state == "open" else MOMENT,
        "merge_commit_sha": pull.merged or None,
        "labels": [{"id": 1, "name": name} for name in pull.labels],
        "user": person(OWN),
    }
    if whole:
        conflicts = pull.state == "open" and state.conflicts(pull)
        mergeable: bool | None = not conflicts
        word = "dirty" if conflicts else "draft" if pull.draft else "behind" if state.behind(pull) else "clean"
        word = "blocked" if word == "clean" and state.blocked else word
        if pull.state == "open" and state.finding_out():
            mergeable, word = None, "unknown"
        shown |= {
            "mergeable": mergeable,
            "mergeable_state": word,
            "merged": pull.state == "merged",
            "merged_by": person(pull.by) if pull.state == "merged" else None,
        }
    return shown


def _github_list(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    owner, _, head = query["head"].partition(":")
    assert owner == state.project.partition("/")[0]
    return Reply(200, [github_pull(state, pull, whole=False) for pull in by_branch(state, head, query["state"])])


def _github_create(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    pull = state.open(data["head"], data["base"], data["title"], data["body"], data["draft"])
    return Reply(201, github_pull(state, pull, whole=True))


def _github_look(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    return Reply(200, github_pull(state, looked(state, match), whole=True))


def _edit(state: ForgeState, pull: FakePull, data: Any) -> None:
    pull.title = data.get("title", pull.title)
    pull.body = data.get("body", pull.body)
    if data.get("state") == "closed":
        state.close(pull)


def _github_edit(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    pull = looked(state, match)
    _edit(state, pull, data)
    return Reply(200, github_pull(state, pull, whole=True))


def _github_merge(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    pull = looked(state, match)
    message = f"{data.get('commit_title', '')}\n\n{data.get('commit_message', '')}"
    commit = state.merge(pull, data["merge_method"], data["sha"], message)
    return Reply(200, {"sha": commit, "merged": True, "message": "Pull Request successfully merged"})


def _github_issue(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    pull = looked(state, match)
    closed = person(pull.by) if pull.by else None
    state_word = "open" if pull.state == "open" else "closed"
    return Reply(200, {"number": pull.number, "title": pull.title, "state": state_word, "closed_by": closed})


def _github_reviewers(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    pull = looked(state, match)
    for name in data["reviewers"]:
        if name not in ACCOUNTS:
            raise RefusedError(422, "Reviews may only be requested from collaborators.")
    pull.reviewers += data["reviewers"]
    pull.teams += data["team_reviewers"]
    return Reply(201, github_pull(state, pull, whole=False))


def _labelled(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    pull = looked(state, match)
    names = {number: name for name, number in state.labels.items()}
    pull.labels += [names[label] if isinstance(label, int) else label for label in data["labels"]]
    return Reply(200, [{"id": number, "name": name} for number, name in enumerate(pull.labels, 1)])


def _comments(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    return Reply(200, [_comment(comment) for comment in looked(state, match).comments])


def _comment(comment: dict[str, object]) -> dict[str, Any]:
    return {"id": comment["id"], "body": comment["body"], "user": person(str(comment["user"]))}


def _add_comment(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    return Reply(201, _comment(state.comment(looked(state, match), data["body"])))


def _status(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    if len(data.get("description", "")) > 140:
        raise RefusedError(422, "description is too long (maximum is 140 characters)")
    url = data.get("target_url", "")
    made = state.show(match["sha"], data["state"], data["context"], data["description"], url)
    return Reply(201, {key: made[key] for key in ("id", "state", "context", "description", "target_url")})


def _repository(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    if f"{match['owner']}/{match['repo']}" != state.project:
        raise RefusedError(404, "Not Found")
    allowed = {f"allow_{key}": way in state.ways for key, way in _WAYS}
    permissions = {"admin": False, "push": state.may_write, "pull": True}
    shown = {"id": 3, "full_name": state.project, "default_branch": state.repo.default, "permissions": permissions}
    return Reply(200, shown | allowed)


_WAYS = (
    ("merge_commit", "merge"),
    ("merge_commits", "merge"),
    ("squash_merge", "squash"),
    ("rebase_merge", "rebase"),
    ("rebase", "rebase"),
)


def _user(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    told = (("X-OAuth-Scopes", state.scopes), ("X-RateLimit-Remaining", "4990"), ("RateLimit-Remaining", "4990"))
    return Reply(200, person(OWN), told)


def _github_of_commit(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    return Reply(200, [github_pull(state, pull, whole=False) for pull in state.with_commit(match["commit_sha"])])


_REPO = "/repos/{owner}/{repo}"
GITHUB = (
    route("GET", "/user", _user),
    route("GET", _REPO, _repository),
    route("GET", f"{_REPO}/commits/{{commit_sha}}/pulls", _github_of_commit),
    route("GET", f"{_REPO}/pulls", _github_list),
    route("POST", f"{_REPO}/pulls", _github_create),
    route("GET", f"{_REPO}/pulls/{{number}}", _github_look),
    route("PATCH", f"{_REPO}/pulls/{{number}}", _github_edit),
    route("PUT", f"{_REPO}/pulls/{{number}}/merge", _github_merge),
    route("POST", f"{_REPO}/pulls/{{number}}/requested_reviewers", _github_reviewers),
    route("GET", f"{_REPO}/issues/{{number}}", _github_issue),
    route("POST", f"{_REPO}/issues/{{number}}/labels", _labelled),
    route("GET", f"{_REPO}/issues/{{number}}/comments", _comments),
    route("POST", f"{_REPO}/issues/{{number}}/comments", _add_comment),
    route("POST", f"{_REPO}/statuses/{{sha}}", _status),
)


# --- GitLab -------------------------------------------------------------------------------------------


def gitlab_pull(state: ForgeState, pull: FakePull) -> dict[str, Any]:
    word = "mergeable"
    if pull.state != "open":
        word = "not_open"
    elif state.finding_out():
        word = "checking"
    elif state.conflicts(pull):
        word = "conflict"
    elif state.behind(pull):
        word = "need_rebase"
    elif pull.draft:
        word = "draft_status"
    elif state.blocked:
        word = "not_approved"
    merged = pull.merged if pull.merged != pull.sha else None  # a fast-forward makes no commit of its own
    return {
        "id": pull.number * 10,
        "iid": pull.number,
        "web_url": f"https://forge.example.com/{state.project}/-/merge_requests/{pull.number}",
        "state": "opened" if pull.state == "open" else pull.state,
        "title": ("Draft: " if pull.draft else "") + pull.title,
        "description": pull.body,
        "draft": pull.draft,
        "source_branch": pull.head,
        "target_branch": pull.base,
        "source_project_id": 3,
        "target_project_id": 3,
        "sha": pull.sha,
        "merge_commit_sha": merged if merged and len(_parents(state, merged)) == 2 else None,
        "squash_commit_sha": merged if merged and len(_parents(state, merged)) == 1 else None,
        "detailed_merge_status": word,
        "merge_user": person(pull.by) if pull.state == "merged" else None,
        "closed_by": person(pull.by) if pull.state == "closed" else None,
        "closed_at": MOMENT if pull.state == "closed" else None,
        "merged_at": MOMENT if pull.state == "merged" else None,
    }


def _parents(state: ForgeState, sha: str) -> list[str]:
    return state.repo.git("log", "-1", "--format=%P", sha).split()


def _gitlab_list(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    return Reply(200, [gitlab_pull(state, pull) for pull in by_branch(state, query["source_branch"], query["state"])])


def _gitlab_of_commit(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    return Reply(200, [gitlab_pull(state, pull) for pull in state.with_commit(match["sha"])])


def _gitlab_create(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    title = data["title"]
    draft = title.startswith("Draft: ")
    try:
        pull = state.open(
            data["source_branch"],
            data["target_branch"],
            title.removeprefix("Draft: "),
            data["description"],
            draft,
        )
    except RefusedError as refused:
        raise RefusedError(409, "Another open merge request already exists for this source branch") from refused
    return Reply(201, gitlab_pull(state, pull))


def _gitlab_look(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    return Reply(200, gitlab_pull(state, looked(state, match)))


def _gitlab_edit(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    pull = looked(state, match)
    if "title" in data:
        pull.draft = data["title"].startswith("Draft: ")
        pull.title = data["title"].removeprefix("Draft: ")
    pull.body = data.get("description", pull.body)
    pull.labels += data["add_labels"].split(",") if "add_labels" in data else []
    names = {number: name for name, number in ACCOUNTS.items()}
    pull.reviewers += [names[number] for number in data.get("reviewer_ids", [])]
    if data.get("state_event") == "close":
        state.close(pull)
    return Reply(200, gitlab_pull(state, pull))


def _gitlab_merge(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    pull = looked(state, match)
    how = state.ways[0]
    message = data["squash_commit_message" if how == "squash" else "merge_commit_message"]
    state.merge(pull, how, data["sha"], message)
    return Reply(200, gitlab_pull(state, pull))


def _gitlab_note(comment: dict[str, object]) -> dict[str, Any]:
    return {"id": comment["id"], "body": comment["body"], "author": person(str(comment["user"])), "system": False}


def _gitlab_notes(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    return Reply(200, [_gitlab_note(comment) for comment in looked(state, match).comments])


def _gitlab_add_note(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    return Reply(201, _gitlab_note(state.comment(looked(state, match), data["body"])))


def _gitlab_status(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    last = [status for status in state.statuses if (status["sha"], status["context"]) == (match["sha"], data["name"])]
    if last and last[-1]["state"] == data["state"]:
        event = {"pending": "enqueue", "running": "run"}.get(data["state"], "drop")
        raise RefusedError(400, f"Cannot transition status via :{event} from :{data['state']}")
    url = data.get("target_url", "")
    made = state.show(match["sha"], data["state"], data["name"], data["description"], url)
    return Reply(201, {"id": made["id"], "status": made["state"], "name": made["context"]})


def _gitlab_project(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    if unquote(match["project"]) != state.project:
        raise RefusedError(404, "404 Project Not Found")
    level = 40 if state.may_write else 20
    access = {"project_access": {"access_level": level}, "group_access": None}
    return Reply(200, {"id": 3, "default_branch": state.repo.default, "permissions": access})


def _gitlab_users(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    return Reply(200, [person(query["username"])] if query["username"] in ACCOUNTS else [])


def _version(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    return Reply(200, {"version": "18.2.1"})


def _own_token(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    return Reply(200, {"id": 1, "scopes": state.scopes.split()})


_PROJECT = "/api/v4/projects/{project}"
GITLAB = (
    route("GET", "/api/v4/user", _user),
    route("GET", "/api/v4/users", _gitlab_users),
    route("GET", "/api/v4/version", _version),
    route("GET", "/api/v4/personal_access_tokens/self", _own_token),
    route("GET", _PROJECT, _gitlab_project),
    route("GET", f"{_PROJECT}/repository/commits/{{sha}}/merge_requests", _gitlab_of_commit),
    route("GET", f"{_PROJECT}/merge_requests", _gitlab_list),
    route("POST", f"{_PROJECT}/merge_requests", _gitlab_create),
    route("GET", f"{_PROJECT}/merge_requests/{{number}}", _gitlab_look),
    route("PUT", f"{_PROJECT}/merge_requests/{{number}}", _gitlab_edit),
    route("PUT", f"{_PROJECT}/merge_requests/{{number}}/merge", _gitlab_merge),
    route("GET", f"{_PROJECT}/merge_requests/{{number}}/notes", _gitlab_notes),
    route("POST", f"{_PROJECT}/merge_requests/{{number}}/notes", _gitlab_add_note),
    route("POST", f"{_PROJECT}/statuses/{{sha}}", _gitlab_status),
)


# --- Gitea --------------------------------------------------------------------------------------------


def gitea_pull(state: ForgeState, pull: FakePull) -> dict[str, Any]:
    shown = github_pull(state, pull, whole=False)
    ready = pull.state == "open" and not pull.draft and not state.finding_out() and not state.conflicts(pull)
    return shown | {
        "title": ("WIP: " if pull.draft else "") + pull.title,
        "merged": pull.state == "merged",
        "merged_by": person(pull.by) if pull.state == "merged" else None,
        "mergeable": ready and not state.behind(pull),
    }


def _gitea_list(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    pulls = [pull for pull in state.pulls if query["state"] == "all" or pull.state == query["state"]]
    return Reply(200, [gitea_pull(state, pull) for pull in pulls])


def _gitea_of_branch(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    for pull in state.pulls:
        if (pull.base, pull.head) == (unquote(match["base"]), unquote(match["head"])):
            return Reply(200, gitea_pull(state, pull))
    raise RefusedError(404, "The target couldn't be found.")


def _gitea_of_commit(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    for pull in state.with_commit(match["sha"]):
        return Reply(200, gitea_pull(state, pull))
    raise RefusedError(404, "The target couldn't be found.")


def _gitea_create(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    title = data["title"]
    try:
        pull = state.open(
            data["head"], data["base"], title.removeprefix("WIP: "), data["body"], title.startswith("WIP: ")
        )
    except RefusedError as refused:
        raise RefusedError(409, refused.message) from refused
    return Reply(201, gitea_pull(state, pull))


def _gitea_look(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    return Reply(200, gitea_pull(state, looked(state, match)))


def _gitea_edit(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    pull = looked(state, match)
    if "title" in data:
        pull.draft = data["title"].startswith("WIP: ")
        data["title"] = data["title"].removeprefix("WIP: ")
    _edit(state, pull, data)
    return Reply(201, gitea_pull(state, pull))


def _gitea_merge(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    message = f"{data.get('MergeTitleField', '')}\n\n{data.get('MergeMessageField', '')}"
    state.merge(looked(state, match), data["Do"], data["head_commit_id"], message)
    return Reply(200, None)


def _gitea_labels(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    return Reply(200, [{"id": number, "name": name} for name, number in state.labels.items()])


def _gitea_new_label(state: ForgeState, match: re.Match[str], query: Query, data: Any) -> Reply:
    assert re.fullmatch("#[0-9a-f]{6}", data["color"])
    state.labels[data["name"]] = len(state.labels) + 1
    return Reply(201, {"id": state.labels[data["name"]], "name": data["name"]})


_GITEA_REPO = "/api/v1/repos/{owner}/{repo}"
GITEA = (
    route("GET", "/api/v1/user", _user),
    route("GET", "/api/v1/version", _version),
    route("GET", _GITEA_REPO, _repository),
    route("GET", f"{_GITEA_REPO}/labels", _gitea_labels),
    route("POST", f"{_GITEA_REPO}/labels", _gitea_new_label),
    route("GET", f"{_GITEA_REPO}/commits/{{sha}}/pull", _gitea_of_commit),
    route("GET", f"{_GITEA_REPO}/pulls", _gitea_list),
    route("POST", f"{_GITEA_REPO}/pulls", _gitea_create),
    route("GET", f"{_GITEA_REPO}/pulls/{{number}}", _gitea_look),
    route("GET", f"{_GITEA_REPO}/pulls/{{base}}/{{head*}}", _gitea_of_branch),
    route("PATCH", f"{_GITEA_REPO}/pulls/{{number}}", _gitea_edit),
    route("POST", f"{_GITEA_REPO}/pulls/{{number}}/merge", _gitea_merge),
    route("POST", f"{_GITEA_REPO}/pulls/{{number}}/requested_reviewers", _github_reviewers),
    route("POST", f"{_GITEA_REPO}/issues/{{number}}/labels", _labelled),
    route("GET", f"{_GITEA_REPO}/issues/{{number}}/comments", _comments),
    route("POST", f"{_GITEA_REPO}/issues/{{number}}/comments", _add_comment),
    route("POST", f"{_GITEA_REPO}/statuses/{{sha}}", _status),
)

ROUTES = {"github": GITHUB, "gitlab": GITLAB, "gitea": GITEA}
