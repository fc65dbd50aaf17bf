"""The cache by content: what it keeps, what it refuses, and how it fails."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from grammar.content_cache import ContentCache, code_fingerprint
from grammar.diagnostics import Severity
from grammar.nodes import Name
from grammar.parse_cache import AST_MODULES, parse_cached, parse_many
from grammar.parser import parse
from grammar.span import Span
from tests.support.generate import promo_files, promo_text


class Foreign:
    """A class that no cache allows."""


class Calling:
    """Pickles as a call of a function."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("false",)


class Looking:
    """Pickles as a name looked up in something, as early releases of Python 3.11 pickle members of enumerations."""

    def __init__(self, where: object, name: object) -> None:
        self.found = where, name

    def __reduce__(self) -> tuple[object, tuple[object, object]]:
        return getattr, self.found


@pytest.fixture
def cache(tmp_path: Path) -> ContentCache:
    return ContentCache(tmp_path / "kept", AST_MODULES)


def entries(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_value_is_kept_under_its_key(cache: ContentCache) -> None:
    value = (Name("a", Span(1, 2, "x"), True), {"plain": [1, 2.5, None, "text"]})
    cache.put(cache.key("a"), value)
    kept = cache.get(cache.key("a"))
    assert kept == value
    assert isinstance(kept, tuple)
    assert (kept[0].span, kept[0].quoted) == (Span(1, 2, "x"), True)
    assert cache.get(cache.key("b")) is None


def test_a_key_tells_how_its_parts_are_divided(cache: ContentCache) -> None:
    keys = {cache.key("ab", "c"), cache.key("a", "bc"), cache.key("abc"), cache.key("abc", ""), cache.key("\ud800")}
    assert len(keys) == 5


@pytest.mark.parametrize("damage", [b"", b"x", b"\x80\x05."], ids=["empty", "short", "no digest"])
def test_a_damaged_entry_is_a_miss(cache: ContentCache, tmp_path: Path, damage: bytes) -> None:
    cache.put(cache.key("a"), "value")
    (entry,) = entries(tmp_path)
    entry.write_bytes(damage)
    assert cache.get(cache.key("a")) is None


def test_every_flipped_byte_is_noticed(cache: ContentCache, tmp_path: Path) -> None:
    cache.put(cache.key("a"), ("value", 1))
    (entry,) = entries(tmp_path)
    whole = entry.read_bytes()
    for index in range(len(whole)):
        entry.write_bytes(whole[:index] + bytes([whole[index] ^ 1]) + whole[index + 1 :])
        assert cache.get(cache.key("a")) is None


@pytest.mark.parametrize("value", [Foreign(), Calling(), Severity, len], ids=["class", "call", "type", "function"])
def test_anything_but_the_allowed_classes_is_refused(tmp_path: Path, value: object) -> None:
    cache = ContentCache(tmp_path, ["grammar.nodes", "grammar.tree.shared"])
    cache.put(cache.key("a"), value)
    assert entries(tmp_path)
    assert cache.get(cache.key("a")) is None


def test_a_member_of_an_enumeration_is_kept_however_this_python_writes_it(tmp_path: Path) -> None:
    cache = ContentCache(tmp_path, ["grammar.diagnostics"])
    for value in (Severity.WARNING, Looking(Severity, "WARNING")):
        cache.put(cache.key("a"), value)
        assert cache.get(cache.key("a")) is Severity.WARNING


@pytest.mark.parametrize(
    "value",
    [Looking(Severity, "mro"), Looking(Severity, "__init__"), Looking(Name, "text"), Looking("text", "format")],
    ids=["method", "special", "no enumeration", "no class"],
)
def test_no_other_name_is_looked_up(tmp_path: Path, value: Looking) -> None:
    cache = ContentCache(tmp_path, ["grammar.diagnostics", "grammar.tree.shared"])
    cache.put(cache.key("a"), value)
    assert cache.get(cache.key("a")) is None


def test_a_function_of_an_allowed_module_is_refused(tmp_path: Path) -> None:
    from grammar import diagnostics

    cache = ContentCache(tmp_path, ["grammar.diagnostics"])
    cache.put(cache.key("a"), diagnostics.error)
    assert cache.get(cache.key("a")) is None


def test_a_dotted_name_does_not_reach_into_an_allowed_class(tmp_path: Path) -> None:
    cache = ContentCache(tmp_path, AST_MODULES)
    payload = b"\x80\x04\x8c\x13grammar.tree.shared\x8c\x0dName.__init__\x93."
    assert pickle.loads(payload) is Name.__init__
    key = cache.key("a")
    cache.put(key, "x")
    (entry,) = entries(tmp_path)
    from grammar.content_cache import _digest

    entry.write_bytes(_digest(payload) + payload)
    assert cache.get(key) is None


def test_a_cache_without_a_folder_keeps_nothing() -> None:
    cache = ContentCache(None, AST_MODULES)
    cache.put(cache.key("a"), 1)
    cache.prune()
    assert cache.get(cache.key("a")) is None


def test_a_folder_that_cannot_be_made_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file")
    cache = ContentCache(tmp_path / "kept", AST_MODULES)
    cache.put(cache.key("a"), 1)
    assert cache.get(cache.key("a")) is None


def test_the_entries_unused_longest_go_first(tmp_path: Path) -> None:
    cache = ContentCache(tmp_path, AST_MODULES, limit=4096)
    for number in range(8):
        cache.put(cache.key(str(number)), "x" * 700)
        for entry in entries(tmp_path):
            os.utime(entry, (os.stat(entry).st_mtime - 100,) * 2)
    cache.prune()
    kept = [number for number in range(8) if cache.get(cache.key(str(number))) is not None]
    assert kept == list(range(8))[-len(kept) :]
    assert 2 <= len(kept) <= 4


def test_a_value_too_large_for_the_limit_is_not_kept(tmp_path: Path) -> None:
    cache = ContentCache(tmp_path, AST_MODULES, limit=400)
    cache.put(cache.key("a"), "x" * 200)
    assert entries(tmp_path) == []


def test_threads_share_a_folder(tmp_path: Path) -> None:
    cache = ContentCache(tmp_path, AST_MODULES, limit=20_000)
    seen: list[object] = []

    def work() -> None:
        for number in range(60):
            cache.put(cache.key(str(number)), ("value", number) * 50)
            seen.append((number, cache.get(cache.key(str(number)))))
            cache.prune()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 240
    assert all(value in (None, ("value", number) * 50) for number, value in seen)  # type: ignore[misc]
    assert not [entry for entry in entries(tmp_path) if entry.name.startswith(".")]


def test_the_fingerprint_covers_code_and_grammar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "somewhere"
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "inner" / "code.py").write_text("a = 1")
    (package / "g.lark").write_text("start:")
    (package / "notes.md").write_text("no code")
    monkeypatch.syspath_prepend(str(tmp_path))
    prints = [code_fingerprint("somewhere")]
    for name, text in [("notes.md", "changed"), ("inner/code.py", "a = 2"), ("g.lark", "start: A")]:
        (package / name).write_text(text)
        prints.append(code_fingerprint("somewhere"))
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3


def test_the_fingerprint_of_code_in_an_archive_is_that_of_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "files" / "wherever"
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "inner" / "code.py").write_text("a = 1")
    archive = shutil.make_archive(str(tmp_path / "code"), "zip", tmp_path / "files")
    with monkeypatch.context() as of_files:
        of_files.syspath_prepend(str(tmp_path / "files"))
        expected = [code_fingerprint("wherever"), code_fingerprint("wherever.inner")]
    monkeypatch.syspath_prepend(archive)
    assert [code_fingerprint("wherever"), code_fingerprint("wherever.inner")] == expected
    assert len(set(expected)) == 2


# --- parsed texts --------------------------------------------------------------------------------


def test_a_text_from_the_cache_is_the_text_parsed(cache: ContentCache) -> None:
    for text in (promo_text(6), "policy x { bad }\npolicy y {}\n", ""):
        fresh = parse(text, "a.promo")
        assert parse_cached(text, "a.promo", cache) == fresh
        again = parse_cached(text, "a.promo", cache)
        assert again == fresh
        assert [found.span for found in again.diagnostics] == [found.span for found in fresh.diagnostics]
        assert [one.span for one in again.file.declarations] == [one.span for one in fresh.file.declarations]


def test_spans_name_the_source_that_is_asked_for(cache: ContentCache) -> None:
    for source in ("a.promo", "b.promo"):
        (declaration,) = parse_cached("policy x {}", source, cache).file.declarations
        assert declaration.span.source == source


def test_many_texts_come_back_in_order(cache: ContentCache) -> None:
    items = promo_files(3, 4)
    parsed = parse_many(items, cache)
    assert [one.file.source for one in parsed] == [source for source, _ in items]
    assert parse_many(items, cache) == parsed


def test_a_hit_loads_no_explanations_and_nothing_loads_lark(tmp_path: Path) -> None:
    program = textwrap.dedent("""\
        import sys
        from grammar.parse_cache import parse_many
        parse_many([("a.promo", "policy x { action pr }"), ("b.promo", "policy x { bad }")])
        print("lark" in sys.modules, "grammar.explaining" in sys.modules)
    """)
    environment = {**os.environ, "PROMO_CACHE_DIR": str(tmp_path), "PYTHONPATH": os.getcwd()}
    runs = [
        subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert [run.stdout.strip() for run in runs] == ["False True", "False False"]
