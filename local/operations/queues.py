"""All queues of a stage: how much waits in each, how much is being worked on, and since when the oldest message waits."""

from __future__ import annotations

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from local.aws import Aws
from local.operations.metrics import Metric, read

REJECTS = "-rejects"
DEAD_ENDS = ("-dlq", REJECTS)
_AT_ONCE = 8
_LOOKED_BACK = timedelta(minutes=15)
_COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed")


@dataclass(frozen=True, slots=True)
class Queue:
    """`name` is without the stage's prefix. The counts are SQS's own approximate ones. `oldest_seconds`: the age of the oldest
    message; None if there is none, or it is not known."""

    name: str
    url: str
    waiting: int
    in_flight: int
    delayed: int
    oldest_seconds: int | None = None

    @property
    def is_dead_end(self) -> bool:
        """Whether it holds what was given up."""
        return self.name.endswith(DEAD_ENDS)


def urls(aws: Aws) -> list[str]:
    """The addresses of the stage's queues, by name."""
    pages = aws.sqs.get_paginator("list_queues").paginate(QueueNamePrefix=aws.prefix)
    return sorted(url for page in pages for url in page.get("QueueUrls", []))


def all_queues(aws: Aws, now: datetime, *, dead_ends_only: bool = False) -> list[Queue]:
    """Every queue of the stage, or only those of what was given up."""
    chosen = [url for url in urls(aws) if not dead_ends_only or url.endswith(DEAD_ENDS)]
    ages = {} if aws.endpoint else _measured(aws, chosen, now)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda url: _queue(aws, url, ages, now), chosen))


def name_of(aws: Aws, url: str) -> str:
    return url.rsplit("/", 1)[1].removeprefix(aws.prefix)


def _queue(aws: Aws, url: str, ages: dict[str, int], now: datetime) -> Queue:
    found: dict[Any, str] = {**aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]}
    waiting, in_flight, delayed = (int(found.get(name, "0")) for name in _COUNTS)
    oldest = None
    if waiting + in_flight + delayed:
        oldest = _peeked(aws, url, now) if aws.endpoint else ages.get(url)
    return Queue(name_of(aws, url), url, waiting, in_flight, delayed, oldest)


def _measured(aws: Aws, chosen: list[str], now: datetime) -> dict[str, int]:
    """CloudWatch's word, which is a few minutes late. A queue that nobody has used for hours has none."""
    metrics = {
        Metric("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", url.rsplit("/", 1)[1]): url for url in chosen
    }
    found = read(aws, list(metrics), "Maximum", over=_LOOKED_BACK, now=now)
    return {metrics[metric]: round(seconds) for metric, seconds in found.items()}


def _peeked(aws: Aws, url: str, now: datetime) -> int | None:
    """The embedded AWS shows what is in a queue without receiving it."""
    address = f"{aws.endpoint}/_ministack/sqs/messages?QueueUrl={quote(url, safe='')}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=30) as answer:
        accounts = json.load(answer)["messages"]
    sent = [
        message["SentTimestamp"]
        for regions in accounts.values()
        for queues in regions.values()
        for messages in queues.values()
        for message in messages
    ]
    return max(0, round(now.timestamp() - min(sent))) if sent else None
