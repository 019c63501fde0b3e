"""The command group that turns every failure into one line and an exit code."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any

import typer
from botocore.exceptions import BotoCoreError, ClientError
from typer.core import TyperGroup

from local.aws import Aws, embedded
from local.cli.completion import functions, instances, queues
from local.cli.output import complain, debugging
from local.problems import FAILED, LocalProblem
from local.stage.instance import DEFAULT, Instance, find
from local.workspace import Workspace

InstanceName = Annotated[
    str,
    typer.Option(
        "--instance", envvar="SKUFLOW_INSTANCE", help="Which of several local platforms.", autocompletion=instances
    ),
]
StageName = Annotated[
    str | None,
    typer.Option("--stage", help="A stage in a real AWS account (your AWS credentials) instead of the local one."),
]
FunctionName = Annotated[
    str | None,
    typer.Option("--function", help="Only this function, such as sync/read_import.", autocompletion=functions),
]
QueueName = Annotated[
    str,
    typer.Argument(
        metavar="QUEUE", help="A queue from `skuflow dlq list`, such as sync-read-import-dlq.", autocompletion=queues
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout, for scripts.")]

HERE: str = DEFAULT


@dataclass(frozen=True, slots=True)
class Account:
    """Whose AWS account a stage is in; None: what the caller's environment says."""

    profile: str | None = None
    region: str | None = None


_NONE_NAMED = Account()
_account: ContextVar[Account] = ContextVar("account", default=_NONE_NAMED)


class SkuflowGroup(TyperGroup):
    """Exit codes: 0 done, 1 failed, 2 wrong usage, 3 nothing running, 4 something needs a look (`status`). SKUFLOW_DEBUG=1 shows
    where it failed."""

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
        except BrokenPipeError:
            # Whoever read our output has enough (`| head`). Python would complain at its end, when it flushes.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
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


class CommandGroup(typer.Typer):
    """Commands that take `--stage` take `--profile` and `--region` too, without naming them: `target` reads them."""

    def command(self, name: str | None = None, **how: Any) -> Callable[[Any], Any]:
        register = super().command(name, **how)

        def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
            register(_in_account(command) if "stage" in inspect.signature(command).parameters else command)
            return command

        return decorate


def _in_account(command: Callable[..., Any]) -> Callable[..., Any]:
    own = list(inspect.signature(command, eval_str=True).parameters.values())
    options = inspect.signature(_account_named, eval_str=True).parameters

    @wraps(command)
    def run(**given: Any) -> Any:
        chosen = _account_named(**{name: given.pop(name) for name in options})
        if given["stage"] is None and chosen != _NONE_NAMED:
            raise typer.BadParameter(
                "belongs to --stage: the local platform asks for no account", param_hint="--profile"
            )
        before = _account.set(chosen)
        try:
            return command(**given)
        finally:
            _account.reset(before)

    # What typer reads a command line by. The options stand behind `--stage`, where --help shows them.
    place = 1 + [one.name for one in own].index("stage")
    parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own]
    parameters[place:place] = options.values()
    run.__dict__["__signature__"] = inspect.Signature(parameters)
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _account_named(
    *,
    profile: Annotated[
        str | None, typer.Option("--profile", help="With --stage: a profile of your AWS configuration.")
    ] = None,
    region: Annotated[str | None, typer.Option("--region", help="With --stage: the region that it lives in.")] = None,
) -> Account:
    return Account(profile, region)


def group(summary: str) -> typer.Typer:
    return CommandGroup(
        cls=SkuflowGroup,
        help=summary,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def instance_named(name: str) -> Instance:
    return find(Workspace.here(), name)


def target(instance: str, stage: str | None) -> Aws:
    """The AWS to speak to: the real one if a stage is named, else the running instance's."""
    if stage is not None:
        account = _account.get()
        return Aws(stage, account.region, profile=account.profile)
    return embedded(instance_named(instance))
