"""The embedded AWS: its own environment, and named instances of it that start, stop and keep their state."""
