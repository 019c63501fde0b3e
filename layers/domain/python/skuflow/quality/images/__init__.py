"""Whether pictures can be reached, and how large they are."""
