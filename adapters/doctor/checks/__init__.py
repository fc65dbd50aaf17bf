"""One check a file; `adapters.doctor.registry` lists them."""
