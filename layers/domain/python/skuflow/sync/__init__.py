"""Bringing catalogues in: files today, shops and feeds later. Tells the others what it read; never touches the catalogue."""
