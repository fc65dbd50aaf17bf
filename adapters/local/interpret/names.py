"""Names and identifiers of nodes, as Argo makes them. Source: Argo Workflows, `NodeID` and `processItem`."""

from __future__ import annotations

import json
from typing import Any


def fnv32a(text: str) -> int:
    """Return the 32-bit FNV-1a hash of a text's UTF-8 bytes."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def node_id(workflow: str, name: str) -> str:
    """Return the identifier of a node; that of the first is the workflow's name."""
    return workflow if name == workflow else f"{workflow}-{fnv32a(name)}"


def item_text(item: Any) -> str:
    """Return an item as it is substituted: texts as they are, everything else as JSON."""
    if isinstance(item, str):
        return item
    return json.dumps(item, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def item_name(index: int, item: Any) -> str:
    """Return how an item is named in a node, e.g. ``(0:blue)`` or ``(1:a:1,b:2)``."""
    if isinstance(item, dict):
        return f"({index}:{','.join(f'{key}:{item_text(item[key])}' for key in sorted(item))})"
    return f"({index}:{item_text(item)})"
