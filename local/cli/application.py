"""The command group that turns every failure into one line and an exit code."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from botocore.exceptions import BotoCoreError, ClientError
from typer.core import TyperGroup

from local.aws import Aws, embedded
from local.cli.output import complain, debugging
from local.problems import FAILED, LocalProblem
from local.stage.instance import DEFAULT, Instance, find
from local.workspace import Workspace

InstanceName = Annotated[
    str, typer.Option("--instance", envvar="SKUFLOW_INSTANCE", help="Which of several local platforms.")
]
StageName = Annotated[
    str | None,
    typer.Option("--stage", help="A stage in a real AWS account (your AWS credentials) instead of the local one."),
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout, for scripts.")]

HERE: str = DEFAULT


class SkuflowGroup(TyperGroup):
    """Exit codes: 0 done, 1 failed, 2 wrong usage, 3 nothing running. SKUFLOW_DEBUG=1 shows where it failed."""

    def invoke(self, ctx: Any) -> Any:
        if debugging():
            return super().invoke(ctx)
        try:
            return super().invoke(ctx)
        except LocalProblem as problem:
            complain(problem.detail, problem.remedy)
            raise typer.Exit(problem.exit_code) from None
        except KeyboardInterrupt:
            complain("interrupted")
        except Exception as error:
            # Wrong usage, `--help` and the like are exceptions too, and typer's own to handle.
            if isinstance(error, typer.Exit | typer.Abort) or hasattr(error, "format_message"):
                raise
            complain(*_told(error))
        raise typer.Exit(FAILED)


def _told(error: Exception) -> tuple[str, str]:
    """What went wrong, and the way out."""
    if isinstance(error, ClientError):
        said = error.response["Error"]
        return (
            f"{error.operation_name} failed: {said.get('Code')}: {said.get('Message')}",
            "check the stage, the region and what your credentials allow",
        )
    if isinstance(error, BotoCoreError):
        return str(error), "check your AWS credentials and region, or leave --stage out for the local platform"
    if type(error).__module__ == "httpx":
        return f"the platform does not answer: {error}", "see: skuflow status, or check the address"
    if isinstance(error, OSError):
        return str(error), "mend that and run again"
    return f"{type(error).__name__}: {error}", "run again with SKUFLOW_DEBUG=1 to see where"


def group(summary: str) -> typer.Typer:
    return typer.Typer(
        cls=SkuflowGroup,
        help=summary,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def instance_named(name: str) -> Instance:
    return find(Workspace.here(), name)


def target(instance: str, stage: str | None) -> Aws:
    """The AWS to speak to: the real one if a stage is named, else the running instance's."""
    if stage is not None:
        return Aws(stage)
    return embedded(instance_named(instance))
