"""The machinery under `grammar.parser`: tables, tokens, the driver, and the AST's construction."""
