"""The nodes of items: one function a rule of `promo.lark`, given the rule's tokens and finished children."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grammar import nodes
from grammar.parsing.build import Build, Children
from grammar.parsing.reducing import Maker
from grammar.parsing.token import TEXT, TYPE
from grammar.quick_make import quick_make

_make_string = quick_make(nodes.StringValue)
_make_pair = quick_make(nodes.Pair)
_make_setting = quick_make(nodes.Setting)
_make_name_value = quick_make(nodes.NameValue)
_make_duration = quick_make(nodes.DurationValue)
_make_approvals = quick_make(nodes.ApprovalsValue)
_make_hook = quick_make(nodes.Hook)
_make_step = quick_make(nodes.Step)
_make_trigger = quick_make(nodes.Trigger)


def _named(node: Callable[..., Any]) -> Maker:
    """Return the function for ``KEYWORD name``."""
    make = quick_make(node)
    return lambda b, c: make(b.name(c[1]), b.span(c[0], c[1]))


def _listed(node: Callable[..., Any]) -> Maker:
    """Return the function for ``KEYWORD name, ...``."""
    make = quick_make(node)
    return lambda b, c: make(b.names(c[1:]), b.span(c[0], c[-1]))


def _holding(node: Callable[..., Any]) -> Maker:
    """Return the function for ``KEYWORD child``, the child being a node."""
    make = quick_make(node)
    return lambda b, c: make(c[1], b.span(c[0], c[1]))


def _paired(node: Callable[..., Any]) -> Maker:
    """Return the function for ``KEYWORD pair, ...``."""
    make = quick_make(node)
    return lambda b, c: make(tuple(c[1:]), b.span(c[0], c[-1].value))


def _string(b: Build, c: Children) -> nodes.StringValue:
    return _make_string(b.text(c[0]), b.place(c[0]))


def _pair(b: Build, c: Children) -> nodes.Pair:
    return _make_pair(b.name(c[0]), c[1])


def _name_setting(b: Build, c: Children) -> nodes.Setting:
    keyword, token = c
    return _make_setting(keyword[TEXT], _make_name_value(b.name(token)), b.span(keyword, token), b.place(keyword))


def _soak(b: Build, c: Children) -> nodes.Setting:
    keyword, token = c
    value = _make_duration(b.seconds(token), b.place(token))
    return _make_setting(keyword[TEXT], value, b.span(keyword, token), b.place(keyword))


def _approvals(b: Build, c: Children) -> nodes.Setting:
    keyword, count = c[0], c[1]
    value = _make_approvals(b.integer(count), b.names(c[3:]), b.span(count, c[-1]))
    return _make_setting(keyword[TEXT], value, b.span(keyword, c[-1]), b.place(keyword))


def _cluster(b: Build, c: Children) -> nodes.Cluster:
    return nodes.Cluster(b.name(c[1]), b.names(c[3:]), b.span(c[0], c[-1]))


def _version(b: Build, c: Children) -> nodes.VersionSource:
    return nodes.VersionSource(c[1], c[2], b.span(c[0], c[2]))


def _promote(b: Build, c: Children) -> nodes.Promote:
    return nodes.Promote(c[1], tuple(c[2:]), b.span(c[0], c[-1]))


def _flow_use(b: Build, c: Children) -> nodes.FlowUse:
    return nodes.FlowUse(b.name(c[1]), c[3] if len(c) > 2 else None, b.span(c[0], c[-1]))


def _trigger(b: Build, c: Children) -> nodes.Trigger:
    return _make_trigger(b.name(c[1]), tuple(c[3:-1]), b.span(c[0], c[-1]))


def _step(b: Build, c: Children) -> nodes.Step:
    brace = 4  # or further on: after one name come others, or the items, or nothing
    while brace < len(c) and c[brace][TYPE] != "LBRACE":
        brace += 1
    return _make_step(b.name(c[1]), b.names(c[3:brace]), tuple(c[brace + 1 : -1]), b.span(c[0], c[-1]))


def _hook(b: Build, c: Children) -> nodes.Hook:
    return _make_hook(c[1][TEXT], b.name(c[2]), b.span(c[0], c[2]))


def _timeout(b: Build, c: Children) -> nodes.Timeout:
    return nodes.Timeout(b.seconds(c[1]), b.span(c[0], c[1]))


def _days(b: Build, c: Children) -> nodes.Days:
    last = c[-1].last or c[-1].first
    return nodes.Days(tuple(c[1:]), b.span(c[0], last))


def _day_range(b: Build, c: Children) -> nodes.DayRange:
    return nodes.DayRange(b.name(c[0]), b.name(c[2]) if len(c) > 1 else None)


def _hours(b: Build, c: Children) -> nodes.Hours:
    return nodes.Hours(c[1][TEXT], c[3][TEXT], b.span(c[0], c[3]))


def _dates(b: Build, c: Children) -> nodes.Dates:
    return nodes.Dates(c[1][TEXT], c[3][TEXT], b.span(c[0], c[3]))


def _given_commit(b: Build, c: Children) -> nodes.GivenCommit:
    fields = tuple((c[i][TEXT], c[i + 1]) for i in range(1, len(c), 2))
    return nodes.GivenCommit(fields, b.span(c[0], c[-1]))


def _given_time(b: Build, c: Children) -> nodes.GivenTime:
    return nodes.GivenTime(c[1][TEXT], b.span(c[0], c[1]))


def _expect_flow(b: Build, c: Children) -> nodes.ExpectFlow:
    return nodes.ExpectFlow(b.name(c[2]), b.span(c[0], c[2]))


def _expect_no_flow(b: Build, c: Children) -> nodes.ExpectFlow:
    return nodes.ExpectFlow(None, b.span(c[0], c[2]))


def _expect_order(b: Build, c: Children) -> nodes.ExpectOrder:
    return nodes.ExpectOrder(b.names(c[2:]), b.span(c[0], c[-1]))


def _expect_blocked(b: Build, c: Children) -> nodes.ExpectBlocked:
    return nodes.ExpectBlocked(b.name(c[2]), b.name(c[4]), b.span(c[0], c[4]))


def _expect_settings(b: Build, c: Children) -> nodes.ExpectSettings:
    settings = tuple([item for item in c[3:-1] if type(item) is nodes.Setting])
    unset = tuple([item for item in c[3:-1] if type(item) is nodes.Unset])
    return nodes.ExpectSettings(b.name(c[1]), settings, unset, b.span(c[0], c[-1]))


def _unset(b: Build, c: Children) -> nodes.Unset:
    return nodes.Unset(c[1][TEXT], b.span(c[0], c[1]))


ITEM_MAKERS: dict[str, Maker] = {
    "string": _string,
    "pair": _pair,
    "description": _holding(nodes.Description),
    "labels": _paired(nodes.Labels),
    "annotations": _paired(nodes.Annotations),
    "tags": _listed(nodes.Tags),
    "namespace": _named(nodes.Namespace),
    "when": _holding(nodes.When),
    "kind": _named(nodes.Kind),
    "cluster": _cluster,
    "version": _version,
    "promote": _promote,
    "template_ref": _named(nodes.TemplateReference),
    "applications": _listed(nodes.Applications),
    "flow_use": _flow_use,
    "concurrency": _named(nodes.Concurrency),
    "api_version": _named(nodes.ApiVersion),
    "name_setting": _name_setting,
    "soak": _soak,
    "approvals": _approvals,
    "trigger": _trigger,
    "step": _step,
    "hook": _hook,
    "timeout": _timeout,
    "that": _holding(nodes.That),
    "days": _days,
    "day_range": _day_range,
    "hours": _hours,
    "zone": _holding(nodes.Zone),
    "dates": _dates,
    "teams": _listed(nodes.Teams),
    "allow": _listed(nodes.Allow),
    "given_product": _named(nodes.GivenProduct),
    "given_commit": _given_commit,
    "given_time": _given_time,
    "expect_flow": _expect_flow,
    "expect_no_flow": _expect_no_flow,
    "expect_order": _expect_order,
    "expect_blocked": _expect_blocked,
    "expect_settings": _expect_settings,
    "unset": _unset,
}
"""The function of every rule that makes an item or a part of one."""
