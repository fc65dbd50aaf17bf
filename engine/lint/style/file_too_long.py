"""L315."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.options import Options
from engine.lint.rule import Category, Rule
from grammar.diagnostics import Diagnostic
from grammar.span import SourceText, Span


class FileTooLong(Rule):
    """Files that nobody reads to the end."""

    code = "L315"
    name = "file-too-long"
    category = Category.STYLE
    summary = "A `.promo` file has more lines than a reviewer wants to scroll through"
    why = "Neither order nor file changes the meaning, so a file can be parted by team or by subject at any time."
    avoid = """
policy everywhere {
  action      commit
  post-action smoke-tests
}

policy production priority 100 {
  when environment.kind == prod
  pre-action release-checks
  action     pr
}

policy payments priority 200 {
  when product.labels.team == "payments"
  soak 2h
}
"""
    prefer = """
policy everywhere {
  action      commit
  post-action smoke-tests
}

policy production priority 100 {
  when environment.kind == prod
  action pr
}
"""
    example_options = Options(file_lines=10)
    configuration = "`file-lines` under `[lint]` is how many lines a file may have; 500 where it is not set."

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the files of the language with too many lines, at the first line too many."""
        most = material.options.file_lines
        for source, text in material.texts.items():
            # A line has its break at least, so a text with few characters has few lines.
            if not source.endswith(".promo") or len(text) <= most:
                continue
            lines = SourceText(source, text)
            count = lines.position(len(text)).line - text.endswith(("\n", "\r"))
            if count > most:
                start = lines.offset(most + 1, 1)
                yield self.found(
                    f"the file has {count:,} lines, more than {most:,}",
                    Span(start, max(start + 1, start + len(lines.line(most + 1))), source),
                    help="part it by team or by subject; order and file never change the meaning",
                )
