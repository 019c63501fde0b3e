"""What a table in memory wrote, as the events that its stream handlers would be called with."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

from skuflow.platform.aws import session

_MOST_AT_ONCE = 1000


@dataclass(slots=True)
class TableStream:
    """Reads the stream of one table from its beginning; `take` returns what came since the last time."""

    table_name: str
    region: str = "ca-central-1"
    _position: str | None = None
    _named: str = ""
    _client: Any = field(init=False)

    def __post_init__(self) -> None:
        self._client = session().create_client(
            "dynamodbstreams",
            region_name=self.region,
            endpoint_url=f"https://streams.dynamodb.{self.region}.amazonaws.com",  # the only one that moto answers
        )

    def take(self) -> dict[str, Any] | None:
        """The stream event with all new records, in order; None if there are none."""
        records: list[dict[str, Any]] = []
        while page := self._page():
            records += page
        kept = [self._record(record) for record in records if _changed(record["dynamodb"])]
        return {"Records": kept} if kept else None

    def _page(self) -> list[dict[str, Any]]:
        answer = self._client.get_records(ShardIterator=self._position or self._start(), Limit=_MOST_AT_ONCE)
        self._position = answer["NextShardIterator"]
        page: list[dict[str, Any]] = answer["Records"]
        return page

    def _start(self) -> str:
        arn = self._arn()
        shard = self._client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        answer = self._client.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
        return str(answer["ShardIterator"])

    def _arn(self) -> str:
        if not self._named:
            self._named = str(self._client.list_streams(TableName=self.table_name)["Streams"][0]["StreamArn"])
        return self._named

    def _record(self, record: dict[str, Any]) -> dict[str, Any]:
        images = dict(record["dynamodb"])
        images["ApproximateCreationDateTime"] = images["ApproximateCreationDateTime"].timestamp()
        for name in ("Keys", "NewImage", "OldImage"):
            if name in images:
                images[name] = {key: _as_json(value) for key, value in images[name].items()}
        return {
            "eventID": record["eventID"],
            "eventName": record["eventName"],
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": self.region,
            "dynamodb": images,
            "eventSourceARN": self._arn(),
        }


def expired(record: dict[str, Any]) -> dict[str, Any]:
    """The record that follows `record` when DynamoDB's time to live removes the item that it wrote."""
    images = {key: value for key, value in record["dynamodb"].items() if key != "NewImage"}
    images["OldImage"] = record["dynamodb"]["NewImage"]
    identity = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    return {**record, "eventName": "REMOVE", "dynamodb": images, "userIdentity": identity}


def _changed(images: dict[str, Any]) -> bool:
    """DynamoDB leaves out writes that change nothing; moto records them, and the bare key of an item that an update makes."""
    return bool(images.get("NewImage") not in (images.get("OldImage"), images["Keys"]))


def _as_json(value: Any) -> Any:
    """A DynamoDB value as Lambda receives it: binary in base64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    return [_as_json(item) for item in value] if isinstance(value, list) else value
