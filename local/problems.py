"""What can go wrong on a developer's machine, said in one line together with the way out."""

from __future__ import annotations

FAILED = 1
USAGE = 2
NOTHING_RUNNING = 3
NEEDS_A_LOOK = 4


class LocalProblem(Exception):
    """`detail` says what is wrong, `remedy` what to do about it; both are for people. `exit_code` is the command's."""

    exit_code = FAILED

    def __init__(self, detail: str, remedy: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy


class NothingRunning(LocalProblem):
    """The instance that the command needs is not up."""

    exit_code = NOTHING_RUNNING

    def __init__(self, instance: str) -> None:
        flag = "" if instance == "main" else f" --instance {instance}"
        super().__init__(f"no platform is running (instance '{instance}')", f"start one with: skuflow up{flag}")
