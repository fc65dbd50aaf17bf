"""The document editor: copies values between files and touches nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.yaml.changes import changes_between
from adapters.yaml.intent import Findings, check_mirrored, find, path_text
from adapters.yaml.limits import MAX_BYTES
from adapters.yaml.node import Document, Kind, Node, child, descend, typed_keys
from adapters.yaml.overlay import overlay
from adapters.yaml.query import WHOLE_FILE, Query, read_query, select
from adapters.yaml.read import Format, format_of, read, without_collector
from adapters.yaml.read_back import reads_back
from adapters.yaml.recent import Recent
from adapters.yaml.refusal import RefusalError
from adapters.yaml.render import Renderer
from adapters.yaml.rewrite import Rewriter
from adapters.yaml.same import same
from adapters.yaml.splice import OverlapError, Span, splice
from adapters.yaml.values import scalar_text
from engine.plan.ports import ChangeKind, Edited, EditRefused, ValueChange

_NOT_ALONE = (
    f"`{WHOLE_FILE}` is the whole file and stands alone; leave out the other queries to copy the file, "
    "or write `$.*` to promote the values of its root beside them"
)


class SpliceEditor:
    """Edits YAML and JSON files by replacing the spans of the values that change.

    It implements `engine.plan.ports.DocumentEditor`. Every answer has been read again and compared with what
    was wanted; what cannot be done with certainty is refused, and no input makes it raise.

    In a file of several documents, document *i* of the source is applied to document *i* of the target.
    A singular query (names and indexes only) mirrors the source: it replaces, inserts with missing parents,
    or removes. Any other query copies what it selects in the source and removes nothing.
    """

    def __init__(self) -> None:
        self._recent = Recent()

    def promote(self, *, path: str, source: bytes, target: bytes, json_paths: tuple[str, ...]) -> Edited | EditRefused:
        """Make the values at ``json_paths`` in ``target`` what they are in ``source``.

        Args:
            path: the file's name; its ending says what the document is (YAML or JSON).
            source: the document values come from.
            target: the document that is edited.
            json_paths: RFC 9535 queries. The query ``*`` means the whole file; beside others it is refused.
        """
        if json_paths == (WHOLE_FILE,):
            return _whole_file(self._recent, path, source, target)
        if WHOLE_FILE in json_paths:
            return EditRefused(_NOT_ALONE)
        try:
            with without_collector():
                return _promote(self._recent, path, source, target, json_paths)
        except RefusalError as error:
            return EditRefused(error.reason, error.line, error.column, error.in_source)

    def value(self, *, path: str, document: bytes, json_path: str) -> str | EditRefused | None:
        """Return the single scalar a query selects, as text; None when it selects nothing.

        A number is returned as it is spelled. In a file of several documents, the first document in which the
        query selects something counts.
        """
        try:
            query = _queries((json_path,))[0]
            file = self._recent.read(document, _format(path))
            for root in file.roots:
                found = select(query, root.value, in_source=False)
                if len(found) > 1:
                    raise RefusalError(f"`{json_path}` selects {len(found)} values, not one")
                if found:
                    return _single(file, descend(root, found[0].location), json_path)
        except RefusalError as error:
            return EditRefused(error.reason, error.line, error.column, error.in_source)
        return None

    def check_path(self, json_path: str) -> str | None:
        """Return what is wrong with a query, or None when it is valid."""
        if json_path == WHOLE_FILE:
            return None
        query = read_query(json_path)
        return query if isinstance(query, str) else None


def _whole_file(recent: Recent, path: str, source: bytes, target: bytes) -> Edited:
    if source == target:
        return Edited(target, ())
    whole = (ValueChange("$", ChangeKind.REPLACED, None, None),)
    format = format_of(path)
    if format is None:
        return Edited(source, whole, (), ("the whole file is replaced",))
    try:
        before, after = (recent.read(content, format).roots for content in (target, source))
    except RefusalError:
        return Edited(source, whole, (), ("the whole file is replaced; its values could not be compared",))
    if len(before) != len(after):
        return Edited(source, whole, (), ("the whole file is replaced",))
    if all(map(same, before, after)):
        return Edited(source, (), (), ("only the layout of the file changes",))
    changes = tuple(c for was, item in zip(before, after, strict=True) for c in changes_between(was, item))
    return Edited(source, changes, (), ("the whole file is replaced",))


def _single(file: Document, node: Node | None, json_path: str) -> str:
    text = scalar_text(node.value) if node is not None else None
    if node is None or text is None:
        line, column = file.place(node.start) if node is not None else (0, 0)
        raise RefusalError(f"`{json_path}` selects a mapping or a sequence, not a single value", line, column)
    return text


def _queries(json_paths: tuple[str, ...]) -> list[Query]:
    queries: list[Query] = []
    for text in json_paths:
        query = read_query(text)
        if isinstance(query, str):
            raise RefusalError(query)
        queries.append(query)
    return queries


def _format(path: str) -> Format:
    format = format_of(path)
    if format is None:
        raise RefusalError(f"single values can be promoted in .yaml, .yml and .json files only, not in `{path}`")
    return format


def _promote(recent: Recent, path: str, source: bytes, target: bytes, json_paths: tuple[str, ...]) -> Edited:
    queries = _queries(json_paths)
    format = _format(path)
    new = _read_source(recent, source, format)
    old = recent.read(target, format)
    pairs = _pairs(new, old)
    try:
        findings = [find(queries, _root(new, number), _root(old, number)) for number in range(pairs)]
        wanted = [overlay(_root(old, number), found.root) for number, found in enumerate(findings)]
        for number, node in enumerate(wanted):
            check_mirrored(queries, _root(new, number), _root(old, number), node)
        wanted += old.roots[pairs:]
        unmatched = tuple(q.text for q in queries if not any(q.text in found.matched for found in findings))
        notes = _notes(findings, new, old)
        before = old.roots or (_root(old, 0),)
        changes = tuple(c for was, item in zip(before, wanted, strict=True) for c in changes_between(was, item))
        if not changes:
            return Edited(target, (), unmatched, notes)
        content, expanded = _write(old, wanted, format, old.odd_keys or new.odd_keys)
        notes += _alias_notes(expanded, new, old)
    except RefusalError as error:
        if error.offset is not None and not error.line:
            error.line, error.column = (new if error.in_source else old).place(error.offset)
        raise
    return Edited(content, changes, unmatched, notes)


def _read_source(recent: Recent, source: bytes, format: Format) -> Document:
    try:
        return recent.read(source, format)
    except RefusalError as error:
        raise RefusalError(error.reason, error.line, error.column, in_source=True) from error


def _root(document: Document, number: int) -> Node:
    """Return a document's root; nothing at all is null."""
    if document.roots:
        return document.roots[number]
    from adapters.yaml.values import resolve

    end = len(document.text)
    return Node(Kind.SCALAR, end, end, resolve(""))


def _pairs(new: Document, old: Document) -> int:
    """Return how many documents of two files correspond."""
    if len(new.roots) <= 1 and len(old.roots) <= 1:
        return 1
    count = min(len(new.roots), len(old.roots))
    for number in range(count):
        kinds = [_kind(document.roots[number]) for document in (new, old)]
        if None not in kinds and kinds[0] != kinds[1]:
            line, column = old.place(old.roots[number].start)
            raise RefusalError(
                f"document {number + 1} is a {kinds[0]} in the source and a {kinds[1]} in the target", line, column
            )
    return count


def _kind(root: Node) -> str | None:
    kind = child(root, "kind")
    return kind.value if kind is not None and isinstance(kind.value, str) else None


def _notes(findings: list[Findings], new: Document, old: Document) -> tuple[str, ...]:
    several = len(findings) > 1
    notes = [
        f"document {number}: {note}" if several else note
        for number, found in enumerate(findings, start=1)
        for note in found.notes
    ]
    if max(len(new.roots), len(old.roots)) > 1 and len(new.roots) != len(old.roots):
        notes.append(
            f"the source has {len(new.roots)} documents and the target {len(old.roots)}: "
            f"only the first {len(findings)} were compared"
        )
    return tuple(notes)


def _alias_notes(expanded: list[Node], new: Document, old: Document) -> tuple[str, ...]:
    """Say which aliases the result has no more, or never had, because their values are written out."""
    notes: list[str] = []
    for alias in expanded:
        anchor = alias.target.anchor if alias.target is not None else None
        if any(alias is own for own in old.aliases):
            line = old.place(alias.start)[0]
            notes.append(f"the alias `*{anchor}` on line {line} is replaced by the value itself")
        else:
            line = new.place(alias.start)[0]
            notes.append(f"the alias `*{anchor}` on line {line} of the source is written out")
    return tuple(dict.fromkeys(notes))


def _write(old: Document, wanted: list[Node], format: Format, odd_keys: bool) -> tuple[bytes, list[Node]]:
    """Return the target's bytes with what is wanted written into it, read again and compared.

    The aliases that are written out as what they stand for come with them.
    """
    for careful in (False, True):
        spans: list[Span] = []
        expanded: list[Node] = []
        for number, node in enumerate(wanted):
            rewriter = Rewriter(old, Renderer(old, careful), node)
            rewriter.run(_root(old, number))
            spans.extend(rewriter.spans)
            expanded.extend(rewriter.expanded)
        for content in _contents(old, spans):
            if len(content) > MAX_BYTES:
                raise RefusalError(f"the edited file would be larger than {MAX_BYTES} bytes")
            if _says(content, format, wanted, odd_keys):
                return content, expanded
    raise _mismatch(old, wanted)


def _contents(old: Document, spans: list[Span]) -> Iterator[bytes]:
    """Yield the target's bytes with spans replaced; none if they contradict each other."""
    try:
        text = splice(old.text, spans)
        if text.endswith("\n") and old.text and not old.text.endswith(("\n", "\r")):
            # The last lines went, and the file had no final line break: it shall have none again.
            bare = text[:-2] if text.endswith("\r\n") else text[:-1]
            yield (old.mark + bare).encode("utf-8")
        yield (old.mark + text).encode("utf-8")
    except (OverlapError, UnicodeEncodeError):
        return


def _says(content: bytes, format: Format, wanted: list[Node], odd_keys: bool) -> bool:
    """Say whether bytes read back as what is wanted, keys that are no strings included."""
    if format is Format.YAML and reads_back(content.decode("utf-8").removeprefix("\ufeff"), wanted):
        return True
    try:
        result = read(content, format)
    except RefusalError:
        return False
    if [root.value for root in result.roots] != [node.value for node in wanted]:
        return False
    if not (odd_keys or result.odd_keys):
        return True
    return all(typed_keys(root) == typed_keys(node) for root, node in zip(result.roots, wanted, strict=True))


def _mismatch(old: Document, wanted: list[Node]) -> RefusalError:
    """Return why the edited file would not say what is wanted."""
    for alias in old.aliases:
        anchored = alias.target
        if anchored is None:
            continue
        becomes = [descend(node, anchored.path) for node in wanted]
        if all(node is None or node.value != anchored.value for node in becomes):
            line, column = old.place(alias.start)
            return RefusalError(
                f"the alias `*{anchored.anchor}` on line {line} repeats the value at `{path_text(anchored.path)}`: "
                "changing that would change the alias too; promote both, or write the value out there first",
                line,
                column,
            )
    return RefusalError("the edit could not be written so that it reads back as exactly what was asked for")
