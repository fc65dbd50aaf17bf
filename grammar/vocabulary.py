"""The language's words for people: keywords by place, and what is expected after each.

`promo.lark` says what parses; this table says how to speak about it. A test keeps the two in step.
"""

from __future__ import annotations

DECLARATIONS: dict[str, str] = {
    "environment": "environment NAME { ... }",
    "product": "product NAME { ... }",
    "template": "template NAME [priority N] { ... }",
    "policy": "policy NAME [priority N] { ... }",
    "flow": "flow NAME { ... }",
    "require": 'require NAME ["title"] { ... }',
    "window": "window NAME { ... }",
    "freeze": "freeze NAME { ... }",
    "access": "access NAME { ... }",
    "test": 'test "title" { ... }',
}
"""Each declaration's keyword and its shape."""

TERMINAL_WORDS: dict[str, str] = {
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "COMMA": "`,`",
    "EQUAL": "`=`",
    "EQ": "`==`",
    "NE": "`!=`",
    "LT": "`<`",
    "LE": "`<=`",
    "GT": "`>`",
    "GE": "`>=`",
    "NAME": "a name",
    "STRING": "a string in double quotes",
    "INT": "a whole number",
    "DURATION": "a duration such as `90m` or `1h30m`",
    "TIME": "a time such as `09:00`",
    "DATE": "a date such as `2026-12-20`",
    "MOMENT": "a date and time such as `2026-12-20T18:00`",
    "PATH": "an attribute such as `product.name`",
    "COMMIT_FIELD": "`message`, `revision`, `author` or `branch`",
    "$END": "the end of the file",
}
"""How the terminals that are not keywords are called in messages."""

AFTER: dict[str, str] = {
    "environment": "the environment's name",
    "product": "a product's name",
    "template": "a template's name",
    "policy": "the policy's name",
    "flow": "a flow's name",
    "require": "the requirement's name",
    "window": "a window's name",
    "freeze": "the freeze's name",
    "access": "the access rule's name",
    "test": "the test's title in double quotes",
    "kind": "`prod` or `non-prod`",
    "cluster": "a cluster's name (a URL in double quotes)",
    "namespaces": "a namespace",
    "namespace": "a namespace",
    "tags": "a tag",
    "labels": 'a label such as `team = "payments"`',
    "annotations": 'an annotation such as `owner = "payments"`',
    "description": "a text in double quotes",
    "priority": "a whole number",
    "version": "a file and a JSONPath, both in double quotes",
    "promote": "a file and its JSONPaths, in double quotes",
    "applications": "an application's name",
    "concurrency": "`queue` or `terminate`",
    "api-version": "`v1beta1` or `v1beta2`",
    "pre-action": "a workflow's name, or `none`",
    "post-action": "a workflow's name, or `none`",
    "action": "`commit`, `pr` or `none`",
    "rollback": "`on-failure` or `never`",
    "soak": "a duration such as `2h`",
    "timeout": "a duration such as `6h`",
    "approvals": "how many approvals",
    "trigger": "an environment's name",
    "step": "an environment's name",
    "after": "an environment's name",
    "on": "`start`, `success` or `failure`",
    "start": "a workflow's name",
    "success": "a workflow's name",
    "failure": "a workflow's name",
    "days": "a day such as `mon` or `mon to fri`",
    "zone": 'a time zone such as "Europe/Berlin"',
    "teams": "a team's name",
    "allow": "an action: `promote`, `trigger`, `retry`, `terminate` or `approve`",
    "commit": "`message`, `revision`, `author` or `branch`",
    "at": "a date such as `2026-12-20` or `2026-12-20T18:00`",
    "expect": "`flow`, `no flow`, `order`, `blocked`, or an environment and its settings in braces",
    "no": "`flow`, or inside braces a setting's keyword such as `soak`",
    "order": "an environment's name",
    "blocked": "an environment's name",
    "by": "the name of what blocks it",
    "passed": "an environment's name",
    "when": "a condition such as `environment.kind == prod`",
    "that": "a condition such as `action == pr`",
    "matches": 'a pattern in double quotes such as "*hotfix*"',
    "in": "a list such as `[qa, staging]`",
    "and": "a condition",
    "or": "a condition",
    "not": "a condition",
}
"""What stands after a keyword."""


AFTER.update({sign: "a value such as `prod` or `2h`" for sign in ("==", "!=", "<", "<=", ">", ">=")})

SETTINGS = ("pre-action", "action", "post-action", "soak", "approvals", "window", "rollback")
"""The keywords of settings."""

SYNONYMS: dict[str, tuple[str, ...]] = {
    "env": ("environment",),
    "stage": ("environment",),
    "service": ("product",),
    "pipeline": ("flow",),
    "workflow": ("flow",),
    "rule": ("policy",),
    "invariant": ("require",),
    "assert": ("require", "that"),
    "ensure": ("require", "that"),
    "must": ("that", "require"),
    "expect": ("that",),
    "blackout": ("freeze",),
    "role": ("access",),
    "permission": ("access",),
    "spec": ("test",),
    "app": ("applications",),
    "apps": ("applications",),
    "application": ("applications",),
    "annotation": ("annotations",),
    "label": ("labels",),
    "tag": ("tags",),
    "type": ("kind",),
    "if": ("when",),
    "where": ("when",),
    "before": ("pre-action",),
    "pre": ("pre-action",),
    "post": ("post-action",),
    "wait": ("soak",),
    "bake": ("soak",),
    "approval": ("approvals",),
    "reviewers": ("approvals",),
    "until": ("to",),
    "through": ("to",),
    "till": ("to",),
    "of": ("from",),
    "by": ("from",),
    "hours": ("from",),
    "time": ("from",),
    "between": ("from",),
    "start": ("from", "on"),
    "day": ("days",),
    "tz": ("zone",),
    "timezone": ("zone",),
    "depends-on": ("after",),
    "dependson": ("after",),
    "needs": ("after",),
    "requires": ("after",),
    "from": ("after", "trigger"),
    "env-from": ("trigger",),
    "begin": ("trigger",),
    "fail": ("failure",),
    "failed": ("failure",),
    "error": ("failure",),
    "succeeded": ("success",),
    "started": ("start",),
    "onstart": ("on start",),
    "onsuccess": ("on success",),
    "onfailure": ("on failure",),
    "onfail": ("on failure",),
    "hook": ("on",),
    "hooks": ("on",),
    "group": ("teams",),
    "groups": ("teams",),
    "users": ("teams",),
    "actions": ("allow",),
    "can": ("allow",),
    "permit": ("allow",),
    "given": ("product", "commit"),
    "title": ("message",),
    "msg": ("message",),
    "sha": ("revision",),
    "date": ("at",),
    "now": ("at",),
}
"""What other tools call what our keywords say, in lower case; where several are possible, the first that fits."""

MISPLACED: dict[tuple[str, str], str] = {
    ("policy", "priority"): "the priority stands before the brace: `policy NAME priority 100 {`",
    ("template", "priority"): "the priority stands before the brace: `template NAME priority 100 {`",
    ("environment", "namespaces"): "namespaces belong to a cluster: `cluster in-cluster namespaces a, b`",
    ("require", "passed"): "write `that passed qa`",
    ("require", "not"): "a requirement's condition follows `that`",
    ("step", "when"): "conditions belong to policies: a policy whose `when` selects the environment",
    ("trigger", "when"): 'conditions belong to products: `flow NAME when message matches "*hotfix*"`',
    ("flow", "when"): 'conditions belong to products: `flow NAME when message matches "*hotfix*"`',
    ("step", "timeout"): "the timeout is the flow's: it stands beside its steps",
    ("policy", "timeout"): "the timeout belongs to a flow",
    ("policy", "product"): "a policy selects by condition: `when product.name == trio`",
    ("policy", "environment"): "a policy selects by condition: `when environment.name == qa`",
    ("product", "environment"): "applications say where they run; environments stand for themselves",
    ("environment", "product"): "applications say to which product they belong",
    ("access", "on"): "an access rule selects by condition: `when product.name == trio`",
    ("flow", "product"): "the product names its flows: `flow NAME`",
}
"""Words that are known, but not in this block: what to do instead. NAME stands for the declaration's name."""


def keyword_of(terminal: str) -> str:
    """Return the keyword a keyword terminal matches: ``PRE_ACTION`` is ``pre-action``."""
    return terminal.lower().replace("_", "-")


def word_for(terminal: str) -> str:
    """Return how a terminal is called in a message."""
    return TERMINAL_WORDS.get(terminal) or f"`{keyword_of(terminal)}`"


def listing(words: list[str], conjunction: str = "or") -> str:
    """Join words as a sentence does: ``a, b or c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"
