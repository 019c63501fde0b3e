"""Reading logs: nothing is left out, however much there is, and how it is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.aws import Aws
from local.operations.log_lines import Source, durations, in_order
from local.showing import age

MANY = 10_000


class Logs:
    """Answers like the embedded AWS: at most 10,000 lines, and no word of how to go on."""

    def __init__(self, lines: list[dict[str, Any]]) -> None:
        self.lines = lines
        self.asked: list[dict[str, Any]] = []

    def get_paginator(self, _operation: str) -> Logs:
        return self

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        self.asked.append(asked)
        yield {"events": [line for line in self.lines if line["timestamp"] >= asked["startTime"]][:MANY]}


def stage(lines: list[dict[str, Any]], endpoint: str | None = "http://127.0.0.1:1") -> tuple[Aws, Logs]:
    aws, logs = Aws("local", "ca-central-1", endpoint), Logs(lines)
    aws.__dict__["logs"] = logs
    return aws, logs


def test_more_lines_than_one_answer_holds_are_all_read_once() -> None:
    aws, logs = stage(
        [{"timestamp": number // 2, "message": f"line {number}", "eventId": str(number)} for number in range(25_000)]
    )
    found = in_order(aws, [Source("sync-api", "/aws/lambda/x")], 0)
    assert [line.text for line in found] == [f"line {number}" for number in range(25_000)]
    assert len(logs.asked) == 3


def test_words_are_looked_for_where_the_lines_are() -> None:
    aws, logs = stage([])
    assert in_order(aws, [Source("sync-api", "")], 5, words=("cli_1", "corr-1"), until=9) == []
    assert logs.asked == [
        {
            "logGroupName": "/aws/lambda/skuflow-local-sync-api",
            "startTime": 5,
            "endTime": 9,
            "filterPattern": '"cli_1" "corr-1"',
        }
    ]


@pytest.mark.parametrize(
    ("endpoint", "message"),
    [
        ("http://127.0.0.1:1", "REPORT RequestId: r-1\tDuration: 12.5 ms\tBilled Duration: 13 ms"),
        (
            None,
            json.dumps({"type": "platform.report", "record": {"requestId": "r-1", "metrics": {"durationMs": 12.5}}}),
        ),
    ],
)
def test_how_long_a_run_took_is_read_from_lambdas_own_line(endpoint: str | None, message: str) -> None:
    aws, _logs = stage(
        [{"timestamp": 3, "message": message}, {"timestamp": 4, "message": "REPORT of something"}], endpoint
    )
    assert durations(aws, [Source("sync-api", "")], 0, 9) == {"r-1": 12.5}


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, "-"), (0, "0 s"), (119, "119 s"), (120, "2 min"), (7_199, "119 min"), (7_200, "2 h"), (200_000, "2 d")],
)
def test_an_age_is_shown_in_the_unit_that_fits(seconds: int | None, shown: str) -> None:
    assert age(seconds) == shown
