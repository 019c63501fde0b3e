"""How one call is going, and until when it may. Loads no HTTP library: many calls end at an open circuit."""

from __future__ import annotations

from contextvars import ContextVar

from skuflow.kernel.errors import PermanentError, SkuflowError, TooLarge
from skuflow.platform.outbound.calls import CircuitOpen
from skuflow.platform.outbound.circuits import Permit, Verdict

ends_at: ContextVar[float] = ContextVar("ends_at", default=float("inf"))
"""Until when, on the monotonic clock, the wire is waited for. An answer that drips in keeps every single timeout."""


class Course:
    """`ends` is on the monotonic clock; `cut_short`: by our own function's end rather than by the call's deadline. `error` is
    the class of failure, or ""; `outcome` is what the metrics say, `verdict` what the circuit is told."""

    def __init__(self, ends: float) -> None:
        self.ends = ends
        self.cut_short = False
        self.most_attempts = 1
        self.attempts = 0
        self.status = 0
        self.error = ""
        self.outcome = ""
        self.permit: Permit | None = None
        self.verdict: Verdict = "unknown"

    def answered(self, *, failure_inside: bool = False) -> None:
        self.verdict = "failed" if failure_inside else "succeeded"
        self.error = "in_answer" if failure_inside else ""
        self.outcome = "failed" if failure_inside else "refused" if self.status >= 400 else "succeeded"

    def failed(self, kind: str, now: float) -> None:
        """The service did not answer as it should, or not at all."""
        ours = self.cut_short and now >= self.ends
        self.error, self.outcome = kind, "failed"
        self.verdict = "unknown" if ours else "failed"

    def throttled(self) -> None:
        self.error, self.outcome, self.verdict = "http_429", "throttled", "succeeded"

    def raised(self, error: BaseException) -> None:
        """`error` ended it. What the reader of a streamed answer makes of it is no fault of the call's."""
        if self.outcome:
            return
        self.error = error.code if isinstance(error, SkuflowError) else type(error).__name__
        self.outcome = "invalid" if isinstance(error, PermanentError) else "failed"
        if isinstance(error, CircuitOpen):
            self.outcome = "circuit_open"
        if isinstance(error, TooLarge):
            self.verdict = "succeeded"
