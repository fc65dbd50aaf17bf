"""L206."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from grammar.diagnostics import Diagnostic, Severity
from grammar.span import Span

_SECRETS: tuple[tuple[str, str], ...] = (
    ("the key of an AWS account", r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])"),
    ("a token of GitHub", r"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})"),
    ("a token of GitLab", r"(?<![A-Za-z0-9])glpat-[A-Za-z0-9_-]{20,64}"),
    ("a token of Slack", r"(?<![A-Za-z0-9])xox[abprs]-[0-9]{6,20}-[A-Za-z0-9-]{10,200}"),
    ("a webhook of Slack", r"hooks\.slack\.com/services/T[A-Z0-9]{6,14}/B[A-Z0-9]{6,14}/[A-Za-z0-9]{20,40}"),
    ("a key of Google", r"(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    ("a private key", r"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY-----"),
    (
        "a signed token",
        r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,400}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{20,1000}",
    ),
    ("a password in an address", r"[a-z][a-z0-9+.-]{1,20}://[^/\s:@\"'{}$<>*]{1,100}:[^/\s:@\"'{}$<>*]{6,200}@"),
)
_ANY = re.compile("|".join(f"({pattern})" for _, pattern in _SECRETS))
_HINTS = ("AKIA", "ASIA", "gh", "glpat-", "xox", "hooks.slack", "AIza", "PRIVATE KEY", "eyJ", "://")
_EXAMPLES = re.compile(r"example|placeholder|changeme|redacted|xxxx|your[-_]", re.I)


class SecretLiteral(Rule):
    """Passwords and tokens."""

    code = "L206"
    name = "secret-literal"
    category = Category.SAFETY
    severity = Severity.ERROR
    summary = "A text looks like a password, a token or a private key"
    why = (
        "What is committed to a repository is read by everybody who can clone it, for ever. Only forms that nothing "
        "else has are reported: tokens with the prefix of their service, private keys, addresses with a password. "
        "Texts that say they are examples are passed over."
    )
    avoid = """
product shop {
  labels team = "storefront"
  annotations chart-repository = "https://deploy:s3cr3t-w0rd@charts.corp.internal/stable"
}
"""
    prefer = """
product shop {
  labels team = "storefront"
  annotations chart-repository = "https://charts.corp.internal/stable"
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the places of texts that look like secrets; the secret itself is not repeated in the message."""
        for source, text in material.texts.items():
            if not any(hint in text for hint in _HINTS):
                continue
            for match in _ANY.finditer(text):
                if not _EXAMPLES.search(match[0]):
                    assert match.lastindex is not None
                    yield self.found(
                        f"this looks like {_SECRETS[match.lastindex - 1][0]}",
                        Span(match.start(), match.end(), source),
                        help="revoke it, and let the workflow take it from a Secret",
                    )
