"""Shops: connecting them, their tokens, how they are doing."""
