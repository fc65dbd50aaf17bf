"""Every fault of every call: the release ends as it should, waits until the fault is gone, or fails and says why."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest

from adapters.forge.carrier import Carrier
from tests.faults.columns import COLUMNS
from tests.faults.stories import Adapter, Call
from tests.faults.table import ADAPTERS, SAME, WAITS, Bench, Cell, parse, render, representative
from tests.support.effort import SOAK

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "tests" / "golden" / "faults" / "table.md"

each_adapter = pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: adapter.name)

_ASKING = {"ask", "answer", "find", "pages", "open", "get", "patch", "create", "list", "log", "watch"}
_OWNERS = {"client", "server"}
ELSEWHERE = {
    ("argocd/rest.py", "visible"),
    ("argocd/rest.py", "may"),
    ("workflows/rest.py", "try_create"),
    ("forge/gitlab.py", "_own_token"),
    ("workflows/rest.py", "version"),
    ("forge/github.py", "examine"),
    ("forge/gitlab.py", "examine"),
    ("forge/gitea.py", "examine"),
    ("forge/github.py", "may_write"),
    ("forge/gitlab.py", "may_write"),
    ("forge/gitea.py", "may_write"),
    ("forge/github.py", "merged_as"),
    ("forge/gitlab.py", "merged_as"),
}
"""What is asked for while no release runs: by `promo doctor`, and to find out which commits start one."""

BY_ITSELF = {("workflows/kubernetes.py", "_sightings")}
"""What sends in a task of its own, so that it is not on the stack: the row that follows runs."""

SOURCES = (
    *("argocd/rest.py", "argocd/kubernetes.py", "workflows/rest.py", "workflows/kubernetes.py"),
    *("forge/github.py", "forge/gitlab.py", "forge/gitea.py"),
)


@dataclass
class Benches:
    """All adapters, with how their stories end, and the functions of adapters that sent a request."""

    of: dict[str, Bench]
    sent: set[tuple[str, str]]


@pytest.fixture(scope="module")
def benches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Benches]:
    sent: set[tuple[str, str]] = set()
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for library in (httpx.AsyncClient, httpx2.AsyncClient):
            patch.setattr(library, "send", witnessed(library.send, sent))
        # What blocks has its requests sent by another thread, on whose stack it is not.
        patch.setattr(Carrier, "carry", witnessed(Carrier.carry, sent))
        made = Benches({}, sent)
        for adapter in ADAPTERS:
            folder = tmp_path_factory.mktemp("adapter")
            bench = made.of[adapter.name] = Bench(adapter, stack.enter_context(adapter.served(folder)), folder)
            bench.learn()
        yield made


@each_adapter
def test_an_adapter_asks_for_nothing_else(adapter: Adapter, benches: Benches) -> None:
    """What comes by while its stories run are its calls, and all of them do."""
    bench = benches.of[adapter.name]
    assert bench.strays == []
    assert [call.what for call in adapter.calls if call.what not in bench.owners] == []


def test_no_function_that_asks_is_left_out(benches: Benches) -> None:
    """Found in the adapters' source, and compared with who is on the stack when a request is sent."""
    asking = {(name, function) for name in SOURCES for function in functions_that_ask(name)}
    assert len(asking) > 50, "the source is not read as it should be"
    assert asking - benches.sent - ELSEWHERE - BY_ITSELF == set()
    assert ELSEWHERE | BY_ITSELF <= asking


@each_adapter
def test_a_part_of_the_table_every_time(adapter: Adapter, benches: Benches) -> None:
    expected = parse(TABLE.read_text(encoding="utf-8"))
    for call, column in representative(adapter):
        wanted = expected[adapter.name, call.what, column]
        word, reason = patiently(benches.of[adapter.name], call, column, wanted)
        assert word == wanted, f"{call.what}, {column}: {reason}"


@pytest.mark.skipif(not SOAK, reason="takes minutes; with PROMO_SOAK=1")
def test_the_whole_table(benches: Benches, golden: Callable[[Path, str], None]) -> None:
    found: dict[Cell, tuple[str, str]] = {}
    expected = parse(TABLE.read_text(encoding="utf-8"))
    for adapter in ADAPTERS:
        for call in adapter.calls:
            for column in COLUMNS:
                cell = adapter.name, call.what, column
                word, reason = patiently(benches.of[adapter.name], call, column, expected.get(cell, ""))
                found[cell] = word, stable(reason)
    golden(TABLE, render(found))


def patiently(bench: Bench, call: Call, column: str, wanted: str) -> tuple[str, str]:
    """Try a cell again where it waited and need not: on a busy machine the server itself may be too slow."""
    word, reason = bench.meet(call, column)
    for _ in range(4):
        if word != WAITS or wanted != SAME:
            break
        word, reason = bench.meet(call, column)
    return word, reason


def stable(reason: str) -> str:
    """Return a reason without what differs from run to run, and from call to call."""
    return re.sub(r"127\.0\.0\.1:\d+", "SERVER", re.sub(r"`shop-qa[^`]*`", "`RUN`", reason))


def test_the_table_has_every_call_and_every_fault() -> None:
    expected = {(one.name, call.what, column) for one in ADAPTERS for call in one.calls for column in COLUMNS}
    assert set(parse(TABLE.read_text(encoding="utf-8"))) == expected


def test_every_fault_is_in_the_part_that_is_looked_at() -> None:
    assert {column for adapter in ADAPTERS for _, column in representative(adapter)} == set(COLUMNS)


def witnessed(send: Callable[..., Any], sent: set[tuple[str, str]]) -> Callable[..., Any]:
    def witness(*arguments: Any, **named: Any) -> Any:
        frame = sys._getframe(1)
        while frame is not None:
            path = Path(frame.f_code.co_filename)
            name = f"{path.parent.name}/{path.name}"
            if name in SOURCES:
                sent.add((name, frame.f_code.co_name))
            frame = frame.f_back  # type: ignore[assignment]
        return send(*arguments, **named)

    return witness


def functions_that_ask(name: str) -> Iterator[str]:
    """Yield the functions of an adapter's file that call its client."""
    tree = ast.parse((ROOT / "adapters" / name).read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _ASKING:
                owner = node.func.value
                named = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
                if named in _OWNERS:
                    yield function.name
