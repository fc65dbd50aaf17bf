"""From queries to what the target shall be: which places, which values, and what has no place."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapters.yaml.node import Key, Location, Node, child, descend, is_mapping, is_sequence, resolved
from adapters.yaml.query import Query, Selection, select
from adapters.yaml.refusal import RefusalError
from adapters.yaml.same import same
from adapters.yaml.values import is_null, json_text


@dataclass(slots=True, eq=False)
class Wish:
    """What is wanted at one place and below it.

    Attributes:
        below: wishes about members and elements, by name or index of the target.
        wanted: the source's node that the place shall equal.
        remove: whether nothing shall be there.
        source: the source's node at the same place, which says where new members belong.
    """

    below: dict[Key, Wish] = field(default_factory=dict)
    wanted: Node | None = None
    remove: bool = False
    source: Node | None = None

    @property
    def settled(self) -> bool:
        """Whether the place is decided as a whole, so that wishes below it say nothing more."""
        return self.wanted is not None or self.remove

    def add(self, location: Location, wanted: Node | None, source_at: tuple[Node | None, ...]) -> None:
        """Wish for a value at a location, or for none; an outer wish wins over one inside it.

        Args:
            location: where, in the target.
            wanted: the source's node, None to remove.
            source_at: the source's nodes along the way, from the root, as far as it has them.
        """
        wish = self
        for number, key in enumerate(location):
            if wish.settled:
                return
            if number < len(source_at):
                wish.source = source_at[number]
            wish = wish.below.setdefault(key, Wish())
        if not wish.settled:
            wish.below.clear()
            wish.wanted, wish.remove = wanted, wanted is None


@dataclass(slots=True)
class Findings:
    """What came of the queries on one pair of documents.

    Attributes:
        root: the wishes, from the root of the target.
        matched: the queries that selected something in either document.
        notes: what a reader should know.
    """

    root: Wish = field(default_factory=Wish)
    matched: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


def path_text(location: Location) -> str:
    """Return a location as an RFC 9535 normalized path."""
    return "$" + "".join(map(step_text, location))


def step_text(key: Key) -> str:
    """Return one step of a normalized path: an index, or a name in single quotes."""
    if isinstance(key, int):
        return f"[{key}]"
    quoted = json_text(key)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"['{quoted}']"


def find(queries: list[Query], source: Node, target: Node) -> Findings:
    """Return what the queries ask of a target document.

    A singular query mirrors the source: what it selects there is put into the target, with its parents, and
    what the source lacks is removed. Any other query copies what it selects in the source to the same place,
    and leaves alone what only the target has.

    Raises:
        RefusalError: a value cannot be put where it belongs.
    """
    findings = Findings()
    # Outer wishes settle a place before inner ones come, whatever the order of the queries.
    for query in queries:
        if query.steps is not None:
            _mirror(query, query.steps, source, target, findings)
        else:
            _copy(query, source, target, findings)
    return findings


def _walk(root: Node, steps: tuple[Key, ...]) -> tuple[Location, tuple[Node, ...]]:
    """Return as much of a singular query's path as a document has, with the nodes on it, root first."""
    location: list[Key] = []
    nodes = [root]
    for step in steps:
        key = step
        if isinstance(key, int) and key < 0:
            last = resolved(nodes[-1])
            key = key + len(last.children) if is_sequence(last) else key
        found = child(nodes[-1], key)
        if found is None:
            break
        location.append(key)
        nodes.append(found)
    return tuple(location), tuple(nodes)


def _mirror(query: Query, steps: tuple[Key, ...], source: Node, target: Node, findings: Findings) -> None:
    _, source_nodes = _walk(source, steps)
    location, target_nodes = _walk(target, steps)
    in_source = len(source_nodes) > len(steps)
    in_target = len(target_nodes) > len(steps)
    if in_source or in_target:
        findings.matched.add(query.text)
    if in_source and in_target:
        findings.root.add(location, source_nodes[-1], source_nodes)
    elif in_target:
        findings.root.add(location, None, source_nodes)
    elif in_source:
        place = _new_place(query, steps, location, target_nodes)
        findings.root.add(place, source_nodes[-1], source_nodes)


def check_mirrored(queries: list[Query], source: Node, target: Node, wanted: Node) -> None:
    """Check that every singular query selects in the result what it selects in the source.

    It does not when an element is to go and the next one would take its place, for instance.

    Raises:
        RefusalError: a query would select something else.
    """
    for query in queries:
        if query.steps is None:
            continue
        _, there = _walk(source, query.steps)
        location, here = _walk(wanted, query.steps)
        asked = there[-1] if len(there) > len(query.steps) else None
        given = here[-1] if len(here) > len(query.steps) else None
        if asked is None or given is None:
            kept = asked is given
        else:
            kept = same(asked, given)
        if not kept:
            _, before = _walk(target, query.steps)
            why = (
                "the elements of a sequence move up; promote the whole sequence instead"
                if isinstance(query.steps[-1], int)
                else "it comes by a merge key"
            )
            raise RefusalError(
                f"`{query.text}` would still select another value at `{path_text(location)}` afterwards, because {why}",
                offset=before[-1].start,
            )


def _new_place(query: Query, steps: tuple[Key, ...], location: Location, nodes: tuple[Node, ...]) -> Location:
    """Return where in the target a value belongs that only the source has."""
    last = resolved(nodes[-1])
    missing = steps[len(location) :]
    first = missing[0]
    size = len(last.children) if is_sequence(last) else 0
    if isinstance(first, str) and not (is_mapping(last) or is_null(last.value)):
        raise RefusalError(
            f"`{query.text}` has no place in the target: `{path_text(location)}` is not a mapping there",
            offset=nodes[-1].start,
        )
    if isinstance(first, int) and not (is_sequence(last) or is_null(last.value)):
        raise RefusalError(
            f"`{query.text}` has no place in the target: `{path_text(location)}` is not a sequence there",
            offset=nodes[-1].start,
        )
    place: list[Key] = [*location]
    for number, step in enumerate(missing):
        end = size if number == 0 else 0
        if isinstance(step, int) and step not in (end, -1 if end == 0 else end):
            raise RefusalError(
                f"`{query.text}` has no place in the target: `{path_text(tuple(place))}` has only {end} elements there",
                offset=nodes[-1].start,
            )
        place.append(end if isinstance(step, int) else step)
    return tuple(place)


def _copy(query: Query, source: Node, target: Node, findings: Findings) -> None:
    selected = select(query, source.value, in_source=True)
    present = select(query, target.value, in_source=False)
    if selected or present:
        findings.matched.add(query.text)
    unpaired = {selection.location: selection for selection in present}
    pairs: list[tuple[Selection, Location | None]] = []
    for selection in selected:
        twin_there = unpaired.pop(selection.location, None)
        pairs.append((selection, selection.location if twin_there else None))
    filtered_sources = [selection for selection, place in pairs if place is None and selection.by_filter]
    filtered_targets = [selection for selection in unpaired.values() if selection.by_filter]
    twin: Location | None = None
    if len(filtered_sources) == len(filtered_targets) == 1:
        twin = filtered_targets[0].location
        unpaired.pop(twin)
    appended: dict[Location, int] = {}
    for selection, place in pairs:
        if place is None:
            place = twin if selection.by_filter and twin is not None else _place(selection, target, appended)
        if place is None:
            findings.notes.append(f"`{path_text(selection.location)}` of the source has no place in the target")
            continue
        way = _nodes_along(source, selection.location)
        findings.root.add(place, way[-1], way)
    for location in unpaired:
        findings.notes.append(
            f"`{path_text(location)}` is selected by `{query.text}` in the target only, and was left as it is"
        )


def _nodes_along(root: Node, location: Location) -> tuple[Node, ...]:
    nodes = [root]
    for key in location:
        found = child(nodes[-1], key)
        if found is None:
            break
        nodes.append(found)
    return tuple(nodes)


def _place(selection: Selection, target: Node, appended: dict[Location, int]) -> Location | None:
    """Return where a value belongs in the target by its own location, if its direct parent is there."""
    location = selection.location
    if selection.by_filter and not selection.last_by_filter:
        return None
    parent = descend(target, location[:-1])
    if parent is None:
        return None
    parent = resolved(parent)
    key = location[-1]
    if isinstance(key, str):
        return location if is_mapping(parent) else None
    if not is_sequence(parent):
        return None
    end = len(parent.children) + appended.get(location[:-1], 0)
    if key < len(parent.children) and not selection.by_filter:
        return location
    if key != end and not selection.by_filter:
        return None
    appended[location[:-1]] = appended.get(location[:-1], 0) + 1
    return (*location[:-1], end)
