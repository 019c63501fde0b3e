"""One sandbox process for all tests, a shop of its own for each."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from local.sandbox.control import CLIENT_ID, SandboxControl
from skuflow.platform.aws import client
from tests.local.sandbox.app_side import SECRET, Inbox, Shopkeeper, connected, inbox

ROOT = Path(__file__).parents[3]
BUCKET = "skuflow-test-uploads"
_NUMBERS = count(1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(port: int, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "local.sandbox", "--port", str(port), "--app-secret", SECRET, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def process() -> Iterator[str]:
    """The address of a running sandbox."""
    port = free_port()
    running = start(port)
    base = f"http://127.0.0.1:{port}"
    try:
        control = SandboxControl(base)
        control.wait_until_ready()
        control.settings(bulk_delay=0.01)
        control.client.close()
        yield base
    finally:
        running.terminate()
        running.wait(10)


@pytest.fixture
def sandbox(process: str) -> Iterator[SandboxControl]:
    control = SandboxControl(process)
    yield control
    control.clear_faults()
    control.set_clock_right()
    control.client.close()


@pytest.fixture
def keeper(sandbox: SandboxControl) -> Iterator[Shopkeeper]:
    """A shop of its own, empty, with the app installed."""
    keeper = connected(sandbox, f"test-{next(_NUMBERS)}.myshopify.com")
    yield keeper
    # Empty again, so that nothing it still had to deliver comes to another test on a port that is used again.
    keeper.shop.open()
    keeper.client.close()


@pytest.fixture
def webhooks() -> Iterator[Inbox]:
    with inbox() as server:
        yield server


@pytest.fixture
def sync_table(sandbox: SandboxControl, tables: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of our table. With it comes what all of our functions that talk to a shop are told by their environment."""
    client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ca-central-1"})
    client("secretsmanager").create_secret(Name="client-id", SecretString=CLIENT_ID)
    client("secretsmanager").create_secret(Name="client-secret", SecretString=SECRET)
    settings: dict[str, str] = {
        "SKUFLOW_STAGE": "local",
        "SYNC_TABLE": tables("sync"),
        "OUTBOUND_TABLE": tables("outbound"),
        "SHOPIFY_CLIENT_ID_SECRET": "client-id",
        "SHOPIFY_CLIENT_SECRET_SECRET": "client-secret",
        "SHOP_QUEUE_URL": client("sqs").create_queue(QueueName="shops")["QueueUrl"],
        "TOKEN_KEY": client("kms").create_key()["KeyMetadata"]["KeyId"],
        "PUBLIC_URL": "http://127.0.0.1:9",
        "PROVIDER_SANDBOX_URL": sandbox.base,
        "OUTBOUND_ALLOW_LOOPBACK": "true",
        "UPLOAD_BUCKET": BUCKET,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return settings["SYNC_TABLE"]
