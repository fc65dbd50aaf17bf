"""The rules engine: AST to model to decisions, without files, network or clock."""
