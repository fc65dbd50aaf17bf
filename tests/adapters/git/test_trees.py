from __future__ import annotations

import hashlib
from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.git import trees
from adapters.git.malformed import MalformedObjectError
from adapters.git.trees import FOLDER, Tree, TreeItem, changed, find, parse_tree, walk

_FILE = 0o100644
_NAMES = st.sampled_from([b"a", b"b", b"c.yaml", b"\xff"])
_NESTED = st.recursive(st.binary(max_size=2), lambda inner: st.dictionaries(_NAMES, inner, max_size=3), max_leaves=8)


class Store:
    """Trees built from nested dictionaries."""

    def __init__(self) -> None:
        self.trees: dict[str, Tree] = {}
        self.reads = 0

    def add(self, value: object) -> str:
        items = []
        assert isinstance(value, dict)
        for name, content in sorted(value.items()):
            if isinstance(content, dict):
                items.append(TreeItem(name, FOLDER, self.add(content)))
            else:
                items.append(TreeItem(name, _FILE, hashlib.sha1(content).hexdigest()))
        oid = hashlib.sha1(repr(items).encode()).hexdigest()
        self.trees[oid] = tuple(items)
        return oid

    def __call__(self, oid: str) -> Tree:
        self.reads += 1
        return self.trees[oid]

    def load(self, oids: Collection[str]) -> None:
        assert all(oid in self.trees for oid in oids)


def _flat(value: object, prefix: bytes = b"") -> dict[bytes, bytes]:
    assert isinstance(value, dict)
    found: dict[bytes, bytes] = {}
    for name, content in value.items():
        if isinstance(content, dict):
            found |= _flat(content, prefix + name + b"/")
        else:
            found[prefix + name] = content
    return found


_TOP = st.dictionaries(_NAMES, _NESTED, max_size=3)


@given(_TOP)
def test_a_walk_finds_every_file(value: dict[bytes, object]) -> None:
    store = Store()
    root = store.add(value)
    flat = _flat(value)
    assert {path for path, _ in walk(store, root)} == flat.keys()
    for path in flat:
        assert find(store, root, tuple(path.split(b"/"))) is not None


@given(_TOP, _TOP)
def test_changed_is_the_difference_of_the_flat_files(before: dict[bytes, object], after: dict[bytes, object]) -> None:
    store = Store()
    old, new = _flat(before), _flat(after)
    expected = sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
    assert sorted(changed(store, store.add(before), store.add(after))) == expected


def test_equal_folders_are_not_read() -> None:
    store = Store()
    same = {bytes([65 + n]): {b"x": b"1"} for n in range(20)}
    before, after = store.add({b"same": same, b"f": b"1"}), store.add({b"same": same, b"f": b"2"})
    assert list(changed(store, before, after)) == [b"f"]
    assert store.reads == 2


def _row(name: bytes, mode: bytes = b"100644", oid: bytes = b"\1" * 20) -> bytes:
    return mode + b" " + name + b"\0" + oid


def test_a_tree_object_is_parsed() -> None:
    data = _row(b"a b") + _row(b"d", b"40000") + _row(b"caf\xe9", b"120000", b"\0" * 20)
    assert parse_tree(data, 20) == (
        TreeItem(b"a b", 0o100644, "01" * 20),
        TreeItem(b"d", FOLDER, "01" * 20),
        TreeItem(b"caf\xe9", 0o120000, "00" * 20),
    )
    assert parse_tree(b"", 20) == ()


@pytest.mark.parametrize("name", [b"", b".", b"..", b".git", b".GIT", b"a/b", b"/a"])
def test_names_that_lead_out_of_the_tree_are_refused(name: bytes) -> None:
    with pytest.raises(MalformedObjectError, match="forbidden name"):
        parse_tree(_row(name), 20)


@given(st.binary(max_size=60), st.sampled_from([20, 32]))
def test_any_bytes_are_a_tree_or_malformed(data: bytes, size: int) -> None:
    try:
        items = parse_tree(data, size)
    except MalformedObjectError:
        return
    assert sum(len(item.name) + 2 + size for item in items) < len(data) or not items


@pytest.mark.parametrize("cut", [1, 5, 10, 29])
def test_a_cut_off_tree_is_malformed(cut: int) -> None:
    with pytest.raises(MalformedObjectError, match="cut short"):
        parse_tree(_row(b"name")[:cut], 20)


def _bomb(width: int, depth: int) -> Store:
    store = Store()
    store.trees["0"] = (TreeItem(b"f", _FILE, "f"),)
    for level in range(1, depth):
        store.trees[str(level)] = tuple(TreeItem(b"%d" % n, FOLDER, str(level - 1)) for n in range(width))
    store.trees["top"] = (TreeItem(b"in", FOLDER, str(depth - 1)),)
    store.trees["empty"] = ()
    return store


def test_a_small_store_that_unfolds_to_billions_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "MAX_PATHS", 1000)
    store = _bomb(10, 12)
    with pytest.raises(MalformedObjectError, match="more than 1,000 paths"):
        list(walk(store, "top"))
    with pytest.raises(MalformedObjectError, match="more than 1,000 paths"):
        list(changed(store, "empty", "top"))


def test_folders_that_nest_too_deep_are_refused() -> None:
    with pytest.raises(MalformedObjectError, match="deeper than 500"):
        list(walk(_bomb(1, 600), "top"))
