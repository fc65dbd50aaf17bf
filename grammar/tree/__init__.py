"""The classes of the AST by family; `grammar.nodes` has them all."""
