"""The language: text to AST, with spans, diagnostics and one canonical layout."""
