"""Usage: what was used, counted exactly, and read back for whoever bills it."""
