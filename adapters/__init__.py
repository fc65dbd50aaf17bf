"""Everything that touches the world, each part behind a port of the engine."""
