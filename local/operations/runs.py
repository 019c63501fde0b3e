"""The last imports and shop runs of a stage, of all clients together.

They are read where the context sync keeps them (`skuflow.sync.store` draws the keys), because asking its API would take a key of
every client.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from local.aws import Aws
from local.operations import clients

MOST_CLIENTS = 50
_AT_ONCE = 8
_EACH = 3


@dataclass(frozen=True, slots=True)
class LastRun:
    """An import of a file, or a run of a shop (`what`: the file's name, the shop). `reason`: why it failed; "" if it did not."""

    run_id: str
    client_id: str
    kind: str
    what: str
    status: str
    created_at: str
    updated_at: str
    reason: str


@dataclass(frozen=True, slots=True)
class LastRuns:
    """`runs`: newest first. `left_out`: how many clients were not looked at, for there are too many."""

    runs: tuple[LastRun, ...]
    left_out: int = 0


def last_runs(aws: Aws, most: int) -> LastRuns:
    """Up to `most` of the stage."""
    known = [str(client["client_id"]) for client in clients.listed(aws)]
    looked_at = known[:MOST_CLIENTS]
    _ = aws.dynamodb  # made before threads ask for it
    try:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = [run for runs in pool.map(lambda client: list(_of(aws, client)), looked_at) for run in runs]
    except ClientError as error:
        if error.response["Error"].get("Code") != "ResourceNotFoundException":
            raise
        found = []
    newest = sorted(found, key=lambda run: run.created_at, reverse=True)[:most]
    return LastRuns(tuple(newest), len(known) - len(looked_at))


def _of(aws: Aws, client: str) -> Iterator[LastRun]:
    places = [f"C#{client}#IMPORTS"]
    places += [f"C#{client}#SHOP#{shop}#RUNS" for shop in _shops(aws, client)]
    for place in places:
        for key in _listed(aws, place, _EACH):
            item = aws.dynamodb.get_item(TableName=f"{aws.prefix}sync", Key=key).get("Item")
            if item:
                yield _run(client, _document(item))


def _shops(aws: Aws, client: str) -> list[str]:
    return [key["listing_sk"]["S"] for key in _listed(aws, f"C#{client}#SHOPS", 100, whole=True)]


def _listed(aws: Aws, place: str, limit: int, *, whole: bool = False) -> list[dict[str, Any]]:
    """Keys at `place` of the index, last first; with the index's own if `whole`."""
    items = aws.dynamodb.query(
        TableName=f"{aws.prefix}sync",
        IndexName="listing",
        KeyConditionExpression="listing_pk = :place",
        ExpressionAttributeValues={":place": {"S": place}},
        ScanIndexForward=False,
        Limit=limit,
    )["Items"]
    return [dict(item) if whole else {"pk": item["pk"], "sk": item["sk"]} for item in items]


def _document(item: dict[str, Any]) -> dict[str, Any]:
    text = zlib.decompress(item["doc_z"]["B"]).decode() if "doc_z" in item else item["doc"]["S"]
    document: dict[str, Any] = json.loads(text)
    return document


def _run(client: str, document: dict[str, Any]) -> LastRun:
    is_import = "import_id" in document
    why = document.get("failure") or document.get("refusal") or {}
    return LastRun(
        run_id=document["import_id"] if is_import else document["run_id"],
        client_id=client,
        kind="import" if is_import else f"shop run, {document['kind']}",
        what=document["file_name"] if is_import else document["shop"],
        status=document["status"],
        created_at=document["created_at"],
        updated_at=document["updated_at"],
        reason=f"{why.get('code', '')}: {why.get('detail', '')}" if why else "",
    )
