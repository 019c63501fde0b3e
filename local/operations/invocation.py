"""Calls a function directly, as an operator allowed by IAM may."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from local.aws import Aws
from local.problems import LocalProblem


@dataclass(frozen=True, slots=True)
class Invocation:
    """`failed` tells that the function raised; `result` is then its error (`errorType`, `errorMessage`)."""

    result: Any
    failed: bool


def invoke(aws: Aws, function: str, event: object) -> Invocation:
    """Run `function` (`catalog/api`, or a full name) on `event` and wait for it."""
    name = aws.function_name(function)
    try:
        answer = aws.functions.invoke(FunctionName=name, Payload=json.dumps(event).encode())
    except ClientError as error:
        if error.response["Error"].get("Code") == "ResourceNotFoundException":
            raise LocalProblem(f"there is no function {name}", "see what there is with: skuflow status") from None
        raise
    payload = answer["Payload"].read()
    return Invocation(json.loads(payload) if payload else None, "FunctionError" in answer)


def administer(aws: Aws, event: dict[str, Any]) -> dict[str, Any]:
    """One action of the function `access/administer`; returns its answer. Raises LocalProblem with the function's own words."""
    done = invoke(aws, "access/administer", event)
    answer: dict[str, Any] = done.result if isinstance(done.result, dict) else {}
    if done.failed:
        raise LocalProblem(
            f"{event['action']} failed: {answer.get('errorMessage', done.result)}",
            "see: skuflow logs --function access/administer",
        )
    if "error" in answer:
        refusal = answer["error"]
        faults = [f"{fault['field']} {fault['message']}: {fault['remedy']}" for fault in refusal["errors"]]
        raise LocalProblem(f"{event['action']} was refused: {refusal['detail']}", "; ".join(faults))
    return answer
