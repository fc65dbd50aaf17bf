"""Shell completion: the scripts, the answers to them, and the names a workspace declares."""
