"""Patterns that clients give. They are matched by RE2, in time that grows with the text and nothing else: a pattern on which
another engine would search for ever costs no more than any other, and look-around and back-references, which need such an engine,
are refused.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

MAX_PATTERN = 200
"""Characters."""

_MOST_MEMORY = 1 << 20
"""Bytes of a compiled pattern; `((a{100}){100}){100}` is refused."""


class BadPattern(ValueError):
    """The message says what is wrong."""


def check_pattern(pattern: str) -> None:
    """Raises BadPattern for a pattern that is empty, too long, or not understood by RE2."""
    if not pattern:
        raise BadPattern("is empty")
    if len(pattern) > MAX_PATTERN:
        raise BadPattern(f"has {len(pattern)} characters, more than {MAX_PATTERN}")
    _compiled(pattern)


def matches(pattern: str, text: str) -> bool:
    """Whether the whole of `text` is as `pattern` says; half of a surrogate pair is as none says. Raises BadPattern."""
    try:
        return _compiled(pattern).fullmatch(text) is not None
    except UnicodeError:
        return False


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    import re2  # only where a client has a rule with a pattern

    options = re2.Options()
    options.max_mem = _MOST_MEMORY
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        said = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise BadPattern(f"cannot be used: {said}") from None
    except UnicodeError:
        raise BadPattern("has characters that are none") from None
