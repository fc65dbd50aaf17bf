"""The language server: `promo lsp` speaks the Language Server Protocol with an editor over standard streams."""
