"""Commands that call the HTTP API as a client would: with a key, on any stage."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Annotated, Any

import typer

from local.api.calling import Api, is_here
from local.cli.application import HERE, AsJson, InstanceName, StageName, target
from local.cli.output import Output
from local.operations import clients

KEY_VARIABLE = "SKUFLOW_API_KEY"
_LONGEST_COMMAND = timedelta(days=1)
"""A key issued for one command is revoked when the command ends; this is for a command that is killed."""

Key = Annotated[
    str | None, typer.Option("--key", help=f"An API key of the client. Better in the environment: {KEY_VARIABLE}.")
]
Client = Annotated[
    str | None,
    typer.Option("--client", help="Instead of a key, for operators: issue one to this client, for this command only."),
]
ApiUrl = Annotated[str | None, typer.Option("--api", help="The URL of a platform's API; nothing but a key is needed.")]


@dataclass(frozen=True, slots=True)
class Session:
    api: Api
    output: Output


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls which platform, as the command line says it."""

    key: str | None
    client: str | None
    url: str | None
    instance: str
    stage: str | None

    @contextmanager
    def api(self, scopes: tuple[str, ...]) -> Iterator[Api]:
        """The API with the caller's key; or with one that holds `scopes` and ends with the command."""
        self._check()
        # What is said on the command line weighs more than what lies in the environment.
        key = self.key or ("" if self.client else os.environ.get(KEY_VARIABLE, ""))
        if key:
            yield Api(self._base(), _checked_key(key))
            return
        if not self.client or self.url:
            raise typer.BadParameter(
                f"set {KEY_VARIABLE}, or give --key, or --client (see: skuflow access clients list) without --api",
                param_hint="--key",
            )
        aws = target(self.instance, self.stage)
        ends = datetime.now(UTC) + _LONGEST_COMMAND
        issued = clients.issue_key(
            aws, self.client, kind="secret", label="one command of skuflow", scopes=scopes, expires_at=ends
        )
        try:
            yield Api(aws.api_url(), issued.key)
        finally:
            clients.revoke_key(aws, issued)

    def _check(self) -> None:
        if self.key and self.client:
            raise typer.BadParameter("a key says whose it is: leave one of the two out", param_hint="--client")
        if self.url and self.stage:
            raise typer.BadParameter("names a platform, as --stage does: leave one of the two out", param_hint="--api")

    def _base(self) -> str:
        if self.url is None:
            return target(self.instance, self.stage).api_url()
        if not re.match(r"https://[^/]", self.url) and not (self.url.startswith("http://") and is_here(self.url)):
            raise typer.BadParameter("begin with https://, for a key travels with each call", param_hint="--api")
        return self.url.rstrip("/")


def _checked_key(key: str) -> str:
    """`key` without the blanks that a file or a clipboard adds. An error of the HTTP library would show it."""
    if not re.fullmatch(r"[!-~]+", key.strip()):
        raise typer.BadParameter("is no key: it holds blanks or foreign letters", param_hint="--key")
    return key.strip()


def calling(*scopes: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Decorator: the command's first parameter is a Session; in its place the command line has the options that say who calls
    which platform, and --json. `scopes` are those that the command's calls need."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        options = inspect.signature(_who, eval_str=True).parameters
        own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]

        @wraps(command)
        def run(**given: Any) -> None:
            caller, output = _who(**{name: given.pop(name) for name in options})
            with caller.api(scopes) as api:
                command(Session(api, output), **given)

        # What typer reads a command line by.
        parameters = [*(one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own), *options.values()]
        run.__dict__["__signature__"] = inspect.Signature(parameters)
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return run

    return decorate


def _who(
    *,
    key: Key = None,
    client: Client = None,
    url: ApiUrl = None,
    instance: InstanceName = HERE,
    stage: StageName = None,
    as_json: AsJson = False,
) -> tuple[Caller, Output]:
    return Caller(key, client, url, instance, stage), Output(as_json)
