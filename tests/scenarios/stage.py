"""The whole platform on one stage: real handlers, an AWS in memory, nothing in between but what AWS itself would do."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from moto import mock_aws
from moto.sqs.models import sqs_backends

from skuflow.platform.aws import client, forget_clients
from tests.architecture.repository import ROOT
from tests.calls import Call, Watcher, followed_by, pretending, watched
from tests.doubles import FakeLambdaContext
from tests.http import Answer, Api
from tests.quick_aws import QuickStream, quick
from tests.scenarios.queues import Queues
from tests.scenarios.stage_time import StageTime
from tests.scenarios.wires import QUEUES, STREAMS, UPLOADS, Pattern
from tests.streams import TableStream
from tests.tables import LAYOUTS, create_table
from tests.user_pool import APP, ISSUER

REGION = "ca-central-1"
ACCOUNT = "123456789012"
BUS = "skuflow-test"
BUCKET = "skuflow-test-uploads"
PUBLIC_URL = "https://api.example.com"
CLIENT_ID_SECRET = "skuflow/test/shopify/client-id"
CLIENT_SECRET_SECRET = "skuflow/test/shopify/client-secret"
TOKEN_KEY = "alias/skuflow-test-tokens"
APP_ID, APP_SECRET = "skuflow-app", "hush-hush"
FLAGS = ROOT / "infra" / "shared" / "flags.json"


@dataclass(slots=True)
class Stage:
    """Queues, bucket and bus, and the functions around them. `told` collects every event that the bus took, in order;
    `streams` are the tables' streams, read as far as they were pumped."""

    tables: dict[str, str]
    time: StageTime
    queues: Queues
    told: list[dict[str, Any]] = field(default_factory=list)
    streams: dict[str, TableStream] = field(default_factory=dict)
    _deps: dict[str, Any] = field(default_factory=dict)
    _s3: Any = field(init=False)

    def __post_init__(self) -> None:
        self.streams = {context: QuickStream(self.tables[context]) for context in set(STREAMS.values())}
        self._s3 = client("s3")
        client("events").create_event_bus(Name=BUS)
        _moto_queues().create_queue(queue_name(UPLOADS[0]), REGION)
        self._s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        self._announce_uploads()

    def _announce_uploads(self) -> None:
        door, prefix = UPLOADS
        rule = {"Name": "prefix", "Value": prefix}
        target = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue_name(door)}"
        heard = {"QueueArn": target, "Events": ["s3:ObjectCreated:*"], "Filter": {"Key": {"FilterRules": [rule]}}}
        self._s3.put_bucket_notification_configuration(
            Bucket=BUCKET, NotificationConfiguration={"QueueConfigurations": [heard]}
        )

    def route(self, call: Call) -> None:
        """The bus: an accepted event goes to every queue whose pattern it matches."""
        if (call.service, call.operation) != ("eventbridge", "PutEvents"):
            return
        for entry in json.loads(call.body)["Entries"]:
            event = _as_delivered(entry)
            self.told.append(event)
            for door, pattern in QUEUES.items():
                if pattern is not None and _matches(pattern, event):
                    self.send(queue_name(door), json.dumps(event))

    def send(self, queue: str, body: str) -> None:
        self.queues.send(queue, body)

    def take(self, queue: str) -> list[dict[str, Any]]:
        """Every message that waits in `queue` and can be seen, taken out."""
        if queue == queue_name(UPLOADS[0]):
            for notification in _notifications(queue):
                self.send(queue, notification)
        return self.queues.take(queue)

    def dead_letters(self, door: str) -> list[dict[str, Any]]:
        return self.take(dead_letters_name(door))

    def put_object(self, key: str, body: bytes) -> None:
        self._s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def get_object(self, key: str) -> bytes:
        content: bytes = self._s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return content

    def invoke(
        self, door: str, event: Any, *, watcher: Watcher | None = None, remaining_ms: int = 60_000, deps: Any = None
    ) -> Any:
        """Run the function of `door` on `event`, as Lambda would; what it raises comes through. `deps`: those of another
        process than the usual one."""
        context = FakeLambdaContext(function_name=f"skuflow-test-{door}", remaining_ms=remaining_ms)
        with watched(watcher) if watcher is not None else nullcontext():
            return module_of(door).handle(event, context, deps or self.deps(door))

    def deps(self, door: str) -> Any:
        """The function's dependencies; kept, as a warm process keeps them."""
        if door not in self._deps:
            self._deps[door] = self.new_deps(door)
        return self._deps[door]

    def new_deps(self, door: str) -> Any:
        """Dependencies for a new process, as the function's own wiring builds them."""
        context, trigger = door.split("/")
        wiring = importlib.import_module(f"skuflow.{context}.wiring")
        with environment(self._environment(door)):
            return getattr(wiring, f"build_{trigger}")()

    def restart(self, door: str) -> None:
        """The process of `door` is gone; the next call starts a new one."""
        self._deps.pop(door, None)

    def _environment(self, door: str) -> dict[str, str]:
        return {
            "SYNC_TABLE": self.tables["sync"],
            "CATALOG_TABLE": self.tables["catalog"],
            "ACCESS_TABLE": self.tables["access"],
            "IDEMPOTENCY_TABLE": self.tables["idempotency"],
            "QUALITY_TABLE": self.tables["quality"],
            "BILLING_TABLE": self.tables["billing"],
            "USAGE_TABLE": self.tables["usage"],
            "DOCUMENT_BUCKET": BUCKET,
            "UPLOAD_BUCKET": BUCKET,
            "BATCH_BUCKET": BUCKET,
            "EVENT_BUS": BUS,
            "WORK_QUEUE_URL": queue_url(queue_name("sync/read_import")),
            "REPORT_QUEUE_URL": queue_url(queue_name("sync/write_report")),
            "REJECTS_QUEUE_URL": queue_url("rejects"),
            "DEAD_LETTER_QUEUE_URL": queue_url(dead_letters_name(door)) if door in QUEUES else "",
            "INBOX_QUEUE_URL": queue_url(queue_name(door)) if door in QUEUES else "",
            "SHOP_QUEUE_URL": queue_url(queue_name("sync/sync_shop")),
            "BULK_QUEUE_URL": queue_url(queue_name("sync/read_bulk_result")),
            "WEBHOOK_QUEUE_URL": queue_url(queue_name("sync/process_shopify_webhook")),
            "JOB_QUEUE_URL": queue_url(queue_name("quality/run_quality_job")),
            "PLANNING_QUEUE_URL": queue_url(queue_name("billing/plan_billing_run")),
            "BILLING_QUEUE_URL": queue_url(queue_name("billing/bill_subscriptions")),
            "NUMBERING_QUEUE_URL": queue_url(queue_name("billing/number_invoices")),
            "RECONCILE_QUEUE_URL": queue_url(queue_name("billing/reconcile_usage")),
            "OUTBOUND_TABLE": self.tables["outbound"],
            "SHOPIFY_CLIENT_ID_SECRET": CLIENT_ID_SECRET,
            "SHOPIFY_CLIENT_SECRET_SECRET": CLIENT_SECRET_SECRET,
            "TOKEN_KEY": TOKEN_KEY,
            "PUBLIC_URL": PUBLIC_URL,
            "USER_POOL_ID": ISSUER.rpartition("/")[2],
            "TOKEN_ISSUER": ISSUER,
            "TOKEN_APP": APP,
            "FLAGS_APPLICATION": "skuflow-test",
            "FLAGS_ENVIRONMENT": "test",
            "FLAGS_PROFILE": "flags",
            "SKUFLOW_STAGE": "test",
        }

    def call(self, door: str, method: str, path: str, **how: Any) -> Answer:
        """One HTTP request at the function of `door`, past the authorizer; `how`: see `tests.http.http_event`. The answer is
        held against the documentation of its route."""
        return Api(module_of(door).handle, self.deps(door)).call(method, path, **how)


def flags(call: Call) -> bytes:
    """AppConfig's answers: a session, then the flags as they are deployed."""
    if call.operation == "StartConfigurationSession":
        return b'{"InitialConfigurationToken": "once"}'
    return FLAGS.read_bytes()


def _moto_queues() -> Any:
    """Where the bucket in memory puts its notifications, whoever answers for SQS."""
    return sqs_backends[ACCOUNT][REGION]


def _notifications(queue: str) -> list[str]:
    """What the bucket told the queue, taken out."""
    lying = _moto_queues().queues[queue]
    bodies = [message.body for message in lying.messages]
    lying._messages.clear()
    return bodies


def _keep_the_apps_secrets() -> None:
    secrets, kms = client("secretsmanager"), client("kms")
    secrets.create_secret(Name=CLIENT_ID_SECRET, SecretString=APP_ID)
    secrets.create_secret(Name=CLIENT_SECRET_SECRET, SecretString=APP_SECRET)
    kms.create_alias(AliasName=TOKEN_KEY, TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])


def _as_delivered(entry: dict[str, Any]) -> dict[str, Any]:
    detail = json.loads(entry["Detail"])
    return {
        "version": "0",
        "id": detail["event_id"],
        "detail-type": entry["DetailType"],
        "source": entry["Source"],
        "account": ACCOUNT,
        "time": detail["occurred_at"],
        "region": REGION,
        "resources": [],
        "detail": detail,
    }


def _matches(pattern: Pattern, event: dict[str, Any]) -> bool:
    return bool(event["source"] == pattern.source and event["detail-type"] in pattern.names)


def module_of(door: str) -> Any:
    return importlib.import_module(f"functions.{door.replace('/', '.')}.handler")


def queue_name(door: str) -> str:
    return door.replace("/", "-").replace("_", "-")


def dead_letters_name(door: str) -> str:
    return f"{queue_name(door)}-dlq"


def queue_url(name: str) -> str:
    return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"


@contextmanager
def environment(values: dict[str, str]) -> Iterator[None]:
    """These variables beside those that are set already, for as long as the block lasts; empty ones are left out."""
    before = dict(os.environ)
    os.environ.update({name: value for name, value in values.items() if value})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


_NOBODY = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "POWERTOOLS_SERVICE_NAME": "test",
    "POWERTOOLS_METRICS_NAMESPACE": "Skuflow",
    "SKUFLOW_STAGE": "test",
}


@contextmanager
def staged(time: StageTime | None = None) -> Iterator[Stage]:
    """A stage in an AWS of its own, with a bus that works; nothing of it is left afterwards."""
    time = time or StageTime()
    queues = Queues(time)
    with environment(_NOBODY), mock_aws(), time.installed(), quick():
        forget_clients()
        tables = {name: create_table(name) for name in LAYOUTS}
        stage = Stage(tables, time, queues)
        _keep_the_apps_secrets()
        with followed_by(stage.route), pretending("appconfigdata", flags), pretending("sqs", queues.answer):
            yield stage
        forget_clients()
