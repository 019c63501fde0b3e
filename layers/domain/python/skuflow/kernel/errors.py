"""The one error tree. What a failure means decides what happens to the work, wherever it is raised.

SkuflowError
├── PermanentError            trying again cannot help: answer the caller, or park the message with its reason
│   ├── Invalid               the input breaks a rule; `problems` names each field and its remedy   HTTP 422
│   ├── Malformed             the input cannot be read at all                                       HTTP 400
│   ├── Unauthenticated       nobody we know                                                        HTTP 401
│   ├── Forbidden             known, but lacks the scope                                            HTTP 403
│   ├── NotFound              absent, or another client's (the two must look alike)                 HTTP 404
│   ├── Conflict              the state does not allow it                                           HTTP 409
│   │   └── VersionConflict   somebody else wrote first; read again                                 HTTP 412
│   ├── TooLarge              over a stated limit                                                   HTTP 413
│   └── Misconfigured         a setting or secret is missing or wrong; names it                     HTTP 500
└── TransientError            trying again later may help: the message goes back to its queue       HTTP 503
    └── Throttled             as above, and says when                                               HTTP 429
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in an input: where it is (`field`, in the sender's own terms), what is wrong, how to mend it."""

    field: str
    message: str
    remedy: str = ""


class SkuflowError(Exception):
    """Root of the tree. `code` is stable and machine-readable; `detail` is written for the person who must act."""

    code = "error"

    def __init__(self, detail: str, *, problems: Iterable[Problem] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.problems = tuple(problems)


class PermanentError(SkuflowError):
    code = "permanent"


class TransientError(SkuflowError):
    code = "unavailable"


class Invalid(PermanentError):
    code = "invalid"


class Malformed(PermanentError):
    code = "malformed"


class Unauthenticated(PermanentError):
    code = "unauthenticated"


class Forbidden(PermanentError):
    code = "forbidden"


class NotFound(PermanentError):
    code = "not_found"


class Conflict(PermanentError):
    code = "conflict"


class VersionConflict(Conflict):
    code = "version_conflict"


class TooLarge(PermanentError):
    code = "too_large"


class Misconfigured(PermanentError):
    code = "misconfigured"


class Throttled(TransientError):
    """`retry_after` is in whole seconds."""

    code = "throttled"

    def __init__(self, detail: str, *, retry_after: int = 1) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
