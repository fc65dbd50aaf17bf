"""The checks, one module each; `registry` lists them."""
