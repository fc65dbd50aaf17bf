"""The command line: connects the adapters, owns output and exit codes."""
