"""The workflow templates of a workspace, and their runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grammar.render import printable

if TYPE_CHECKING:
    from adapters.workspace import Loaded


def overview(loaded: Loaded) -> dict[str, Any]:
    """Return templates by name, and runs, the latest first."""
    from adapters.cli.workflow_views.detail import detail
    from adapters.local.configured import local_settings, state_folder
    from adapters.local.running.folder import runs
    from adapters.local.templates import workflow_manifests

    manifests = workflow_manifests(loaded.sources.texts.items())
    settings = local_settings(loaded)
    found = [detail(folder) for folder in runs(state_folder(loaded))]
    found.sort(key=lambda one: one["startedAt"] or "", reverse=True)
    keys = ("name", "template", "phase", "startedAt", "message")
    return {
        "enabled": loaded.configuration.adapters.workflows == "local",
        "templates": [_template(manifests, key, settings) for key in sorted(manifests)],
        "runs": [{key: one[key] for key in keys} for one in found],
    }


def _template(manifests: Any, key: str, settings: Any) -> dict[str, Any]:
    from adapters.local.interpret.parse import CLUSTER
    from adapters.local.interpret.refusal import RefusedError
    from adapters.local.preparing import program_of

    name = key.removeprefix(CLUSTER)
    try:
        program = program_of(manifests, key, settings)
    except RefusedError as refused:
        return {"name": name, "runs": False, "reason": str(refused), "help": refused.help}
    parameters = [{"name": one.name, "required": one.default is None} for one in program.parameters]
    return {"name": name, "runs": True, "parameters": parameters, "notes": list(program.notes)}


def overview_text(found: dict[str, Any]) -> str:
    """Return the same for people."""
    lines = ["templates"] if found["templates"] else ["no workflow templates"]
    for one in found["templates"]:
        if one["runs"]:
            names = " ".join(f"{given['name']}{'*' if given['required'] else ''}" for given in one["parameters"])
            lines.append(f"  {printable(one['name'])}  {printable(names)}".rstrip())
        else:
            lines.append(f"  {printable(one['name'])}  cannot run here: {printable(one['reason'])}")
            if one["help"]:
                lines.append(f"    = help: {printable(one['help'])}")
    if found["runs"]:
        lines.append("runs")
        lines += [
            f"  {one['name']}  {one['phase'].lower()}  {one['startedAt'] or ''}".rstrip() for one in found["runs"]
        ]
    if not found["enabled"]:
        lines.append('none of them runs on this machine: promo.toml has no `adapter = "local"` in `[workflows]`')
    return "\n".join(lines)
