"""The entrypoint, logs and metrics, AWS clients, and what the table's errors mean."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pynamodb.exceptions import PutError

from skuflow.platform.entrypoint import entrypoint
from skuflow.kernel.errors import Invalid, PermanentError, SkuflowError, Throttled, TooLarge, TransientError
from skuflow.kernel.events import Cause
from skuflow.platform.aws import client, forget_clients
from skuflow.platform.clock import new_id, utc_now
from skuflow.platform.invocation import seconds_left
from skuflow.platform.observability import count, count_many, logger, tell_apart
from skuflow.platform.table import as_ours, lost_race
from tests.doubles import FakeLambdaContext

Logged = Callable[[], list[dict[str, Any]]]


def metric_lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    return [line for line in lines if "_aws" in line]


def test_dependencies_are_built_at_the_first_call_and_once(aws: None) -> None:
    built: list[str] = []
    handler = entrypoint(lambda event, _context, deps: (event, deps), lambda: built.append("x") or "deps")
    assert built == []
    assert [handler(n, FakeLambdaContext()) for n in (1, 2)] == [(1, "deps"), (2, "deps")]
    assert built == ["x"]


def test_on_lambda_they_are_built_while_the_environment_starts(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "f")
    built: list[str] = []
    entrypoint(lambda _event, _context, deps: deps, lambda: built.append("x"))
    assert built == ["x"]


def test_a_line_tells_function_request_and_cold_start_and_forgets_the_last_request(aws: None, logged: Logged) -> None:
    def handle(event: Any, _context: Any, _deps: None) -> None:
        if event == "first":
            tell_apart(client_id="cli_00000001", cause=Cause("corr", "cause"))
        logger().info("hello")

    handler = entrypoint(handle, lambda: None)
    for event in ("first", "second"):
        handler(event, FakeLambdaContext(function_name="f", aws_request_id="r"))
    first, second = logged()
    assert (first["function"], first["request_id"], first["cold_start"]) == ("f", "r", True)
    assert (first["client_id"], first["correlation_id"], first["causation_id"]) == ("cli_00000001", "corr", "cause")
    assert second["cold_start"] is False
    assert not {"client_id", "correlation_id", "causation_id"} & {name for name, value in second.items() if value}


def test_an_exception_leaves_a_line_and_is_raised(aws: None, logged: Logged) -> None:
    def handle(_event: Any, _context: Any, _deps: None) -> None:
        raise TransientError("no answer")

    with pytest.raises(TransientError):
        entrypoint(handle, lambda: None)({}, FakeLambdaContext())
    [line] = logged()
    assert (line["level"], line["exception_name"]) == ("ERROR", "TransientError")


@pytest.mark.parametrize("fails", [False, True])
def test_counts_leave_as_metrics_of_the_function_whether_it_fails_or_not(
    aws: None, capsys: pytest.CaptureFixture[str], fails: bool
) -> None:
    def handle(_event: Any, _context: Any, _deps: None) -> None:
        count("Things")
        count_many(Things=2, Nothing=0)
        if fails:
            raise TransientError("no answer")

    handler = entrypoint(handle, lambda: None)
    if fails:
        with pytest.raises(TransientError):
            handler({}, FakeLambdaContext(function_name="f"))
    else:
        handler({}, FakeLambdaContext(function_name="f"))
    [emf] = metric_lines(capsys)
    assert (emf["Things"], emf["function"], emf["service"]) == ([1.0, 2.0], "f", "test")
    assert "Nothing" not in emf
    assert emf["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Skuflow"


def test_without_counts_no_metric_leaves(aws: None, capsys: pytest.CaptureFixture[str]) -> None:
    entrypoint(lambda _event, _context, _deps: None, lambda: None)({}, FakeLambdaContext())
    assert metric_lines(capsys) == []


def test_a_client_is_made_once_until_it_is_forgotten(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client("sqs")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert client("sqs") is first
    assert first.meta.region_name == "ca-central-1"
    forget_clients()
    assert client("sqs").meta.region_name == "eu-west-1"


def test_s3_signs_with_sigv4(aws: None) -> None:
    url = client("s3").generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})
    assert "X-Amz-Signature" in url


def test_the_real_clock_and_ids() -> None:
    assert utc_now().utcoffset() is not None
    assert new_id("imp") != new_id("imp")
    assert len(new_id("imp")) == len("imp_") + 32


def failure(code: str, message: str = "", **more: Any) -> PutError:
    return PutError(cause=ClientError({"Error": {"Code": code, "Message": message}, **more}, "PutItem"))


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("ThrottlingException", "", Throttled),
        ("ProvisionedThroughputExceededException", "", Throttled),
        ("InternalServerError", "", TransientError),
        ("ResourceNotFoundException", "", TransientError),
        ("ValidationException", "Item size has exceeded the maximum allowed size", TooLarge),
        ("ValidationException", "The provided starting key is outside query boundaries", Invalid),
        ("ValidationException", "Exclusive Start Key must have same size as table's key schema", Invalid),
        ("ValidationException", "Invalid UpdateExpression", PermanentError),
    ],
)
def test_what_the_table_says_finds_its_place_among_our_errors(
    code: str, message: str, kind: type[SkuflowError]
) -> None:
    assert type(as_ours(failure(code, message))) is kind


def test_a_call_that_never_arrived_may_work_later() -> None:
    assert type(as_ours(PutError(cause=ConnectionError("gone")))) is TransientError


@pytest.mark.parametrize(
    ("error", "lost"),
    [
        (failure("ConditionalCheckFailedException"), True),
        (failure("TransactionConflictException"), True),
        (failure("ThrottlingException"), False),
    ],
)
def test_a_lost_race_is_told_from_a_failure(error: PutError, lost: bool) -> None:
    assert lost_race(error) is lost


def test_the_time_that_an_invocation_has_left_is_known_while_it_runs(aws: None) -> None:
    seen: list[float] = []

    def handle(event: Any, context: Any, _deps: None) -> None:
        seen.append(seconds_left())
        context.remaining_ms = 1500
        seen.append(seconds_left())
        raise Invalid("it ends with an error")

    handler = entrypoint(handle, lambda: None)
    with pytest.raises(Invalid):
        handler({}, FakeLambdaContext(remaining_ms=30_000))
    assert seen == [30.0, 1.5]
    assert seconds_left() == math.inf
