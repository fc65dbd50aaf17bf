"""Hypothesis strategies for every AST that a text can have: `files` and its parts.

Names are often keywords, because keywords are contextual; strings hold anything but lone surrogates.
"""

from __future__ import annotations

import re
from typing import TypeVar

from hypothesis import strategies as st

from grammar import expressions as ex
from grammar import nodes
from grammar.lexical import BARE_NAME

KEYWORDS = tuple(
    "environment product template policy flow require window freeze access test description labels annotations tags "
    "namespace kind cluster namespaces priority version promote applications concurrency api-version when pre-action "
    "action post-action soak approvals rollback from to trigger step after on start success failure timeout that days "
    "zone teams allow commit message revision author branch at expect no order blocked by not passed in matches and "
    "or none".split()
)
_LITERAL = re.compile(r"\d+|(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?")
_Element = TypeVar("_Element")

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "",
        'quo"te',
        "back\\slash",
        "line\nbreak",
        "tab\t",
        "# no comment",
        "{",
        "*hotfix*",
        "\u202e",
        "\x00",
        "ünï",
        "🚀",
    ]
)
_bare = st.sampled_from(KEYWORDS) | st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
_odd_names = texts.filter(bool)
name_texts = _bare | _bare | _bare | _odd_names


def _name(text: str, quoted: bool) -> nodes.Name:
    return nodes.Name(text, quoted=quoted or not BARE_NAME.match(text))


names = st.builds(_name, name_texts, st.booleans())
strings = st.builds(nodes.StringValue, texts)
pairs = st.builds(nodes.Pair, names, strings)
durations = st.integers(0, 400 * 86_400)
counts = st.integers(0, 1000)
times = st.from_regex(r"[0-9]{2}:[0-9]{2}", fullmatch=True)
dates = st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?", fullmatch=True)


def some(element: st.SearchStrategy[_Element], at_least: int = 1) -> st.SearchStrategy[tuple[_Element, ...]]:
    """Return tuples of a few elements."""
    return st.lists(element, min_size=at_least, max_size=3).map(tuple)


# --- conditions ----------------------------------------------------------------------------------

words = st.builds(ex.Word, _bare.filter(lambda word: not _LITERAL.fullmatch(word)))
_first_words = words.filter(lambda word: word.text not in {"not", "passed"})
literals = (
    words
    | st.builds(ex.Text, texts)
    | st.builds(ex.Number, st.integers(-99_999, 10**11))
    | st.builds(ex.Duration, durations)
)
paths = st.builds(
    lambda first, rest: ex.Path((first, *rest)),
    st.sampled_from(["product", "environment", "not", "passed", "a-b"]),
    some(st.sampled_from(["labels", "name", "tags", "a_b", "0", "example.com/team"]) | texts),
)
_left = _first_words | literals.filter(lambda literal: not isinstance(literal, ex.Word)) | paths
alternatives = st.builds(ex.Alternatives, some(literals, 0))
comparisons = (
    st.builds(ex.Comparison, _left, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), literals | paths)
    | st.builds(ex.Comparison, _left, st.sampled_from(["in", "not in"]), alternatives | paths | literals)
    | st.builds(
        ex.Comparison,
        _left,
        st.sampled_from(["matches", "not matches"]),
        alternatives | st.builds(ex.Text, texts),
    )
)


def _compound(inner: st.SearchStrategy[ex.Expression]) -> st.SearchStrategy[ex.Expression]:
    operands = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.builds(ex.Not, inner) | st.builds(ex.And, operands) | st.builds(ex.Or, operands)


conditions: st.SearchStrategy[ex.Expression] = st.recursive(
    comparisons | st.builds(ex.Passed, name_texts), _compound, max_leaves=8
)

# --- items ---------------------------------------------------------------------------------------

description = st.builds(nodes.Description, strings)
labels = st.builds(nodes.Labels, some(pairs))
annotations = st.builds(nodes.Annotations, some(pairs))
tags = st.builds(nodes.Tags, some(names))
namespace = st.builds(nodes.Namespace, names)
when = st.builds(nodes.When, conditions)
version = st.builds(nodes.VersionSource, strings, strings)
promote = st.builds(nodes.Promote, strings, some(strings))
zone = st.builds(nodes.Zone, strings)
name_settings = st.builds(
    nodes.Setting,
    st.sampled_from(["pre-action", "action", "post-action", "window", "rollback"]),
    st.builds(nodes.NameValue, names),
)
settings = (
    name_settings
    | st.builds(nodes.Setting, st.just("soak"), st.builds(nodes.DurationValue, durations))
    | st.builds(nodes.Setting, st.just("approvals"), st.builds(nodes.ApprovalsValue, counts, some(names, 0)))
)
unset = st.builds(nodes.Unset, st.sampled_from(["pre-action", "action", "post-action", "soak", "approvals", "window"]))
hooks = st.builds(nodes.Hook, st.sampled_from(["start", "success", "failure"]), names)
priorities = st.none() | st.integers(-1000, 1000)
shared = description | labels | annotations

# --- declarations --------------------------------------------------------------------------------

environments = st.builds(
    nodes.Environment,
    names,
    some(
        shared | tags | namespace | st.builds(nodes.Kind, names) | st.builds(nodes.Cluster, names, some(names, 0)),
        0,
    ),
)
templates = st.builds(nodes.Template, names, priorities, some(shared | namespace | when | version | promote, 0))
products = st.builds(
    nodes.Product,
    names,
    some(
        shared
        | tags
        | namespace
        | version
        | promote
        | st.builds(nodes.TemplateReference, names)
        | st.builds(nodes.Applications, some(names))
        | st.builds(nodes.FlowUse, names, st.none() | conditions)
        | st.builds(nodes.Concurrency, names)
        | st.builds(nodes.ApiVersion, names),
        0,
    ),
)
policies = st.builds(nodes.Policy, names, priorities, some(shared | namespace | when | settings, 0))
flows = st.builds(
    nodes.Flow,
    names,
    some(
        shared
        | namespace
        | hooks
        | st.builds(nodes.Trigger, names, some(settings, 0))
        | st.builds(nodes.Step, names, some(names), some(settings | hooks, 0))
        | st.builds(nodes.Timeout, durations),
        0,
    ),
)
requires = st.builds(
    nodes.Require,
    names,
    st.none() | strings,
    some(description | when | st.builds(nodes.That, conditions), 0),
)
windows = st.builds(
    nodes.Window,
    names,
    some(
        description
        | st.builds(nodes.Days, some(st.builds(nodes.DayRange, names, st.none() | names)))
        | st.builds(nodes.Hours, times, times)
        | zone,
        0,
    ),
)
freezes = st.builds(nodes.Freeze, names, some(description | st.builds(nodes.Dates, dates, dates) | zone | when, 0))
accesses = st.builds(
    nodes.Access,
    names,
    some(description | when | st.builds(nodes.Teams, some(names)) | st.builds(nodes.Allow, some(names)), 0),
)
_commit_fields = st.tuples(st.sampled_from(["message", "revision", "author", "branch"]), strings)
tests = st.builds(
    nodes.Test,
    strings,
    some(
        labels
        | tags
        | st.builds(nodes.GivenProduct, names)
        | st.builds(nodes.GivenCommit, some(_commit_fields))
        | st.builds(nodes.GivenTime, dates)
        | st.builds(nodes.ExpectFlow, st.none() | names)
        | st.builds(nodes.ExpectOrder, some(names))
        | st.builds(nodes.ExpectSettings, names, some(settings, 0), some(unset, 0))
        | st.builds(nodes.ExpectBlocked, names, names),
        0,
    ),
)
declarations: st.SearchStrategy[nodes.Declaration] = st.one_of(
    environments, templates, products, policies, flows, requires, windows, freezes, accesses, tests
)


def files(max_size: int = 4) -> st.SearchStrategy[nodes.File]:
    """Return whole files of up to that many declarations."""
    return st.builds(lambda found: nodes.File("<text>", tuple(found)), st.lists(declarations, max_size=max_size))
