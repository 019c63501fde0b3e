"""What operators live through: a worker that dies in the middle of its work, a function that is replaced while it runs."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

from local.deploy.hot import redeploy
from local.workspace import Workspace
from tests.e2e.shop import Platform, Shop, catalogue, eventually, upload

pytestmark = pytest.mark.e2e

WORK = ("sync/read_import", "catalog/apply_product_batch")


def workers(platform: Platform) -> list[int]:
    """The processes that run the functions of WORK; each has its function's name in its environment."""
    names = {f"AWS_LAMBDA_FUNCTION_NAME={platform.aws.function_name(function)}".encode() for function in WORK}
    return [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if names & environment_of(folder)]


def environment_of(process: Path) -> set[bytes]:
    try:
        return set((process / "environ").read_bytes().split(b"\0"))
    except OSError:  # it ended meanwhile, or is somebody else's
        return set()


def return_quickly(platform: Platform) -> None:
    """A message whose worker died comes back after its visibility timeout: minutes, as deployed. Nobody waits for that here."""
    for function in WORK:
        queue = platform.aws.sqs.get_queue_url(QueueName=platform.aws.function_name(function))["QueueUrl"]
        platform.aws.sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "3"})


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="workers are found by their environment in /proc")
def test_an_import_survives_the_death_of_its_workers(platform: Platform, shop: Shop) -> None:
    return_quickly(platform)
    made = shop.announce()
    import_id = made["import"]["import_id"]
    assert upload(made["upload"], catalogue(800)).is_success
    eventually(
        lambda: shop.get(f"/v1/imports/{import_id}"),
        lambda seen: seen["rows_read"] > 0 or seen["status"] in {"applying", "completed"},
        "the reading to begin",
    )
    killed = workers(platform)
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    assert killed
    ended = shop.ended(import_id)
    assert (ended["status"], ended["created"], ended["rejected"]) == ("completed", 1_600, 0)
    assert sum(1 for _ in shop.pages("/v1/products", limit=200)) == 800


def test_one_function_is_replaced_while_the_platform_runs(platform: Platform, shop: Shop, tmp_path: Path) -> None:
    checkout = platform.workspace.root
    shutil.copytree(checkout / "functions", tmp_path / "functions", ignore=shutil.ignore_patterns("__pycache__"))
    handler = tmp_path / "functions" / "platform" / "api_reference" / "handler.py"
    handler.write_text(handler.read_text() + ANSWER_DIFFERENTLY)
    redeploy(Workspace(tmp_path), platform.aws, "platform/api_reference")
    try:
        answer = eventually(
            lambda: shop.call("GET", "/health", key=""), lambda seen: seen.status_code == 218, "the new code to answer"
        )
        assert answer.text == "replaced"
    finally:
        redeploy(platform.workspace, platform.aws, "platform/api_reference")
    eventually(lambda: shop.call("GET", "/health", key="").status_code, lambda status: status == 200, "the old code")


ANSWER_DIFFERENTLY = """

def lambda_handler(event: Any, context: Any) -> Any:
    return {"statusCode": 218, "body": "replaced"}
"""
