"""From a template's name and parameters to a run that can begin, or to what stands in its way."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from adapters.local.confine import Isolation, NoIsolationError, choose
from adapters.local.interpret.check import check
from adapters.local.interpret.parse import CLUSTER, parse
from adapters.local.interpret.refusal import RefusedError
from adapters.local.interpret.shapes import Process, Program, Template
from adapters.local.running.images import HOST, how, mapping_help, unmapped
from adapters.local.running.record import Record, digest_of
from adapters.local.running.settings import LocalSettings
from grammar.suggest import did_you_mean

Manifests = Mapping[str, Mapping[str, Any]]
"""Workflow templates by name, those of the cluster with ``cluster/`` before it."""

_LARGEST = 64 * 1024


def find(manifests: Manifests, name: str) -> str:
    """Return the key of a workflow template.

    Raises:
        RefusedError: when there is none.
    """
    for key in (name, CLUSTER + name):
        if key in manifests:
            return key
    names = [key.removeprefix(CLUSTER) for key in manifests]
    hint = did_you_mean(name, names) or ("" if names else "the workspace's `sources` have no workflow template")
    raise RefusedError("there is no such workflow template in the workspace", f"`{name}`", hint)


def program_of(manifests: Manifests, key: str, settings: LocalSettings) -> Program:
    """Return a program that is checked as far as it can be before it runs.

    Raises:
        RefusedError: for what cannot be run here.
    """
    program = parse(manifests, key)
    check(program)
    for template in program.templates.values():
        if isinstance(template.body, Process):
            _check_process(template, template.body, settings)
    return program


def prepare(
    manifests: Manifests,
    settings: LocalSettings,
    *,
    key: str,
    name: str,
    template: str,
    parameters: Mapping[str, str],
    open_ended: bool = False,
    release: str = "",
) -> Record:
    """Return a run that can begin.

    Args:
        manifests: every workflow template there is.
        settings: what it may do.
        key: of the effect.
        name: of the run.
        template: the workflow template.
        parameters: what is passed.
        open_ended: whether parameters that the template does not declare are left out.
        release: the release it belongs to.

    Raises:
        RefusedError: when it cannot run here, or the parameters do not fit.
    """
    entry = find(manifests, template)
    program = program_of(manifests, entry, settings)
    arguments = _arguments(program, template, parameters, open_ended=open_ended)
    try:
        isolation = choose(settings.isolation)
    except NoIsolationError as missing:
        raise RefusedError(str(missing), f"`{template}`", missing.help) from missing
    _check_paths(program, settings, isolation)
    _check_settings(settings)
    needed = {owner for owner, _ in program.templates}
    now = time.time()
    return Record(
        key=key,
        name=name,
        template=template,
        entry=entry,
        manifests={owner: manifests[owner] for owner in sorted(needed)},
        arguments=arguments,
        digest=digest_of(template, parameters),
        release=release,
        settings=settings,
        isolation=isolation.value,
        created=now,
        deadline=now + settings.timeout,
    )


def _check_settings(settings: LocalSettings) -> None:
    for key, paths in (("readable", settings.readable), ("writable", settings.writable)):
        for path in paths:
            if not os.path.exists(path):
                raise RefusedError(f"there is no `{path}`", f"`{key}` of `[workflows.local]`", "make it, or remove it")
    # What a step can replace by a link must not be what the next one is given.
    programs = tuple(way for _, way in settings.images if way != HOST)
    for path in (*settings.readable, *settings.writable, *programs):
        for base in settings.writable:
            if path.startswith(base.rstrip("/") + "/"):
                place = "`writable` of `[workflows.local]`"
                raise RefusedError(f"`{path}` lies in `{base}`, where steps may write", place, "give one of them only")
    for image, way in settings.images:
        if way != HOST and not os.access(way, os.X_OK):
            place = f"`{image}` in `[workflows.local.images]`"
            raise RefusedError(f"`{way}` is no program that can be run", place, "make it executable, or mend its path")


def _arguments(program: Program, template: str, parameters: Mapping[str, str], *, open_ended: bool) -> dict[str, str]:
    declared = {one.name: one.default for one in program.parameters}
    for name, value in parameters.items():
        if name not in declared and not open_ended:
            known = ", ".join(f"`{one}`" for one in declared)
            hint = did_you_mean(name, list(declared)) or (f"it takes {known}" if known else "it takes none")
            raise RefusedError(f"there is no parameter `{name}`", f"`{template}`", hint)
        if len(value.encode()) > _LARGEST:
            raise RefusedError(f"the parameter `{name}` has more than {_LARGEST:,} bytes", f"`{template}`")
    missing = [name for name, default in declared.items() if default is None and name not in parameters]
    if missing:
        what = "the parameter" if len(missing) == 1 else "the parameters"
        names = " and ".join(f"`{name}`" for name in missing)
        raise RefusedError(f"{what} {names} must be given", f"`{template}`", " ".join(f"-p {n}=VALUE" for n in missing))
    return {name: value for name, value in parameters.items() if name in declared}


def _check_process(template: Template, body: Process, settings: LocalSettings) -> None:
    place = f"{template.place}.{'container' if body.source is None else 'script'}"
    for name in body.referred:
        if name not in settings.pass_environment:
            raise RefusedError(
                "its value is kept in the cluster, which is not there",
                f"{place}.env[{name}].valueFrom",
                f'add "{name}" to `pass-environment` of `[workflows.local]`, and set that variable',
            )
    if "{{" in body.image:
        return  # only the run knows it
    way = how(body.image, settings.images) if body.image else HOST
    if way is None:
        raise RefusedError(unmapped(body.image), f"{place}.image", mapping_help(body.image))
    if way == HOST and not body.command:
        reason = "there is no `command`, and the one of the image is not known here"
        raise RefusedError(reason, place, "add `command`, or map the image to a program that runs it")


def _check_paths(program: Program, settings: LocalSettings, isolation: Isolation) -> None:
    """Refuse output files that the process could not write, since only a root of its own has such paths."""
    if isolation is Isolation.NAMESPACES:
        return
    for template in program.templates.values():
        for one in template.outputs:
            if one.path.startswith("/") and not any(one.path.startswith(f"{base}/") for base in settings.writable):
                raise RefusedError(
                    f"the file `{one.path}` lies outside of the process's folder, which is not possible "
                    f"with the isolation `{isolation.value}`",
                    f"{template.place}.outputs.parameters[{one.name}].valueFrom.path",
                    "write to a relative path, e.g. `result.txt`, or configure the folder as `writable`",
                )
