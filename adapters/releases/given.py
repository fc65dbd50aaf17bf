"""What somebody gives by hand for a promotion outside every flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.releases.names import declared_name
from adapters.releases.refusal import RefusedError
from grammar.render import printable

if TYPE_CHECKING:
    from engine.model.entities import Setting
    from engine.model.workspace import Workspace


def usual_source(product: str, target: str, workspace: Workspace) -> str:
    """Return the environment that the product's flows promote from into a target.

    Raises:
        RefusedError: when it is not one.
    """
    sources = {
        step.after[0]
        for use in workspace.products[product].flows
        if (step := workspace.flows[use.flow].step(target)) is not None
    }
    if len(sources) == 1:
        return sources.pop()
    why = "its flows come from different ones" if sources else "none of its flows goes there"
    raise RefusedError(
        f"cannot tell which environment `{product}` is promoted to `{target}` from: {why}", "say which with `from`"
    )


def read_settings(values: tuple[str, ...], workspace: Workspace) -> tuple[Setting, ...]:
    """Read ``NAME=VALUE`` as a policy's settings are read, beside the windows of the workspace.

    Raises:
        RefusedError: when one is not a setting.
    """
    from engine.model.build import build_workspace
    from engine.model.settings import SETTING_NAMES
    from grammar.parser import parse

    pairs = []
    for value in values:
        name, separator, text = value.partition("=")
        if not separator or not name.strip() or not text.strip():
            raise RefusedError(f"`{printable(value)}` is not of the form NAME=VALUE", "e.g. action=pr")
        declared_name("setting", name.strip(), SETTING_NAMES)
        pairs.append(f"{name.strip()} {text.strip()}")
    windows = " ".join(f'window "{name}" {{ days mon from 09:00 to 17:00 }}' for name in workspace.windows)
    parsed = parse(f"policy given {{ {' '.join(pairs)} }} {windows}", "settings given by hand")
    built = build_workspace([parsed.file])
    wrong = [found for found in (*parsed.diagnostics, *built.diagnostics) if found.is_error]
    if wrong or list(built.workspace.policies) != ["given"]:
        raise RefusedError(wrong[0].message if wrong else "that is not a setting", wrong[0].help if wrong else "")
    return built.workspace.policies["given"].settings
