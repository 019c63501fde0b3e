"""What an operator does by hand: call a function."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from local.cli.application import HERE, InstanceName, StageName, group, target
from local.cli.completion import functions
from local.operations.invocation import invoke as invoke_function
from local.problems import LocalProblem

app = group("Functions.")


@app.command()
def invoke(
    function: Annotated[str, typer.Argument(help="Such as access/administer.", autocompletion=functions)],
    event: Annotated[str, typer.Argument(help="A JSON file, or - for standard input.")],
    instance: InstanceName = HERE,
    stage: StageName = None,
) -> None:
    """Run one function on an event and print its answer, which is JSON. Exit code 1 if it raised.

    Example: echo '{"action": "list_clients"}' | skuflow invoke access/administer -
    """
    done = invoke_function(target(instance, stage), function, _json(event))
    print(json.dumps(done.result, indent=2, ensure_ascii=False))
    if done.failed:
        raise LocalProblem(f"{function} raised an error", f"see: skuflow logs --function {function}")


def _json(source: str) -> Any:
    try:
        return json.loads(sys.stdin.read() if source == "-" else Path(source).read_text())
    except FileNotFoundError:
        raise typer.BadParameter(f"there is no file {source}", param_hint="EVENT") from None
    except ValueError as error:
        raise typer.BadParameter(f"{source} is not JSON: {error}", param_hint="EVENT") from None
