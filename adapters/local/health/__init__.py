"""What an application's folder says of its health: whether everything in it can be read and fits together."""
