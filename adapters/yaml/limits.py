"""How large, deep and intricate a document or a query may be.

Documents come from repositories that anybody may write to, so every bound is checked before
the work it bounds is done. Each is far above what real manifests and values files reach.
"""

from __future__ import annotations

MAX_BYTES = 10_000_000
"""Bytes of one document, before and after an edit."""

MAX_DEPTH = 100
"""Collections inside each other; well below the interpreter's recursion limit."""

MAX_VALUES = 500_000
"""Values of one file; keys are none, and every alias counts as everything that it stands for."""

MAX_KEPT_DOCUMENTS = 8
"""Documents that an editor keeps in memory, in case they are needed again."""

MAX_KEPT_BYTES = 4_000_000
"""Bytes of the documents that an editor keeps; their trees take some twenty times as much."""

MAX_QUERY_LENGTH = 2_000
"""Characters of one JSONPath query."""

MAX_QUERY_NESTING = 40
"""Brackets and parentheses open at once in one JSONPath query."""

MAX_QUERY_STEPS = 3_000_000
"""Values that the evaluation of one query may visit."""

MAX_REGEX_SECONDS = 0.5
"""How long one regular expression of a filter may be tried on one value."""
