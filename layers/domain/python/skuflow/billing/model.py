"""What all of billing speaks of by name: subjects, who are billed; products, which they subscribe to; sellers and plans.

The records stand in the files of their topics: `plans`, `subscriptions`, `parties`, and in the `model` of each package.
"""

from __future__ import annotations

import re

from skuflow.kernel.errors import NotFound

SUBJECT = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
"""Of a product, a seller, a plan."""

UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Control characters and those that turn the direction of writing: no text on a document has them. Spaces of any width, and what
joins emoji, are none."""


def checked_subject(text: str) -> str:
    """Raises NotFound for what could be nobody's id."""
    return _checked(SUBJECT, text, "subject")


def checked_product(text: str) -> str:
    """Raises NotFound for what could be no product's name."""
    return _checked(NAME, text, "product")


def _checked(shape: re.Pattern[str], text: str, what: str) -> str:
    if not shape.fullmatch(text):
        raise NotFound(f"there is no such {what}")
    return text
