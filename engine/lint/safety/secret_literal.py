"""L206."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from grammar.diagnostics import Diagnostic, Severity
from grammar.span import Span

_SECRETS: tuple[tuple[str, str, str], ...] = (
    ("the key of an AWS account", "IA", r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])"),
    ("a token of GitHub", "gh", r"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})"),
    ("a token of GitLab", "glpat-", r"(?<![A-Za-z0-9])glpat-[A-Za-z0-9_-]{20,64}"),
    ("a token of Slack", "xox", r"(?<![A-Za-z0-9])xox[abprs]-[0-9]{6,20}-[A-Za-z0-9-]{10,200}"),
    (
        "a webhook of Slack",
        "hooks.slack",
        r"hooks\.slack\.com/services/T[A-Z0-9]{6,14}/B[A-Z0-9]{6,14}/[A-Za-z0-9]{20,40}",
    ),
    ("a key of Google", "AIza", r"(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    ("a private key", "PRIVATE KEY", r"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY-----"),
    (
        "a signed token",
        "eyJ",
        r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,400}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{20,1000}",
    ),
    ("a password in an address", "://", r"://[^/\s:@\"'{}$<>*]{1,100}:[^/\s:@\"'{}$<>*]{6,200}@"),
)
"""What it is, a text that every such secret holds, and its form."""

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
            for what, hint, pattern in _SECRETS:
                for match in re.finditer(pattern, text) if hint in text else ():
                    if not _EXAMPLES.search(match[0]):
                        yield self.found(
                            f"this looks like {what}",
                            Span(match.start(), match.end(), source),
                            help="revoke it, and let the workflow take it from a Secret",
                        )
