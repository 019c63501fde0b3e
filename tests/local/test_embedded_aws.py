"""The local stage for real: an instance of the embedded AWS, a small cloud assembly deployed to it, operators at work."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.aws import Aws, embedded
from local.deploy.deployment import deploy_assembly, recycle
from local.deploy.hot import functions, redeploy
from local.operations import dead_letters, log_lines
from local.operations.invocation import invoke
from local.operations.tap import EventTap
from local.problems import LocalProblem, NothingRunning
from local.progress import SilentSteps
from local.stage import process
from local.stage.installation import install
from local.stage.instance import Instance
from local.workspace import Workspace
from tests.local.small_app import write_assembly

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture(scope="module")
def interpreter() -> Path:
    return install(Workspace.here(), SilentSteps())


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A checkout whose only layer holds one module of ours and a boto3 that is not the embedded AWS's own."""
    workspace = Workspace(tmp_path_factory.mktemp("checkout"))
    layer = workspace.dependency_layer("layer-core")
    (layer / "jmespath").mkdir(parents=True)
    (layer / "jmespath" / "__init__.py").write_text("__version__ = 'ours'\n")
    (workspace.domain_layer / "skuflow").mkdir(parents=True)
    (workspace.domain_layer / "skuflow" / "__init__.py").write_text("GREETING = 'hello'\n")
    return workspace


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory, interpreter: Path) -> Iterator[Instance]:
    os.environ["SECRET_OF_THE_DEVELOPER"] = "must not reach a function"
    running = process.start(Instance("small", tmp_path_factory.mktemp("small")), interpreter)
    del os.environ["SECRET_OF_THE_DEVELOPER"]
    yield running
    process.stop(running)


@pytest.fixture(scope="module")
def aws(instance: Instance, checkout: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Aws:
    target = embedded(instance)
    folder = write_assembly(tmp_path_factory.mktemp("assembly"))
    deployed = deploy_assembly(checkout, target, folder, lambda _note: None)
    assert deployed.changed == ("skuflow-local-shared", "skuflow-local-small")
    assert deployed.placeholders == ("AWS::Events::Archive",)
    return target


def test_an_instance_that_queues_runs_functions_too(
    tmp_path_factory: pytest.TempPathFactory, interpreter: Path, checkout: Workspace
) -> None:
    running = process.start(Instance("queues", tmp_path_factory.mktemp("queues"), queueing=True), interpreter)
    try:
        target = embedded(running)
        folder = write_assembly(tmp_path_factory.mktemp("queues-assembly"))
        deploy_assembly(checkout, target, folder, lambda _note: None)
        assert report(target)["environment"]["SKUFLOW_STAGE"] == "local"
        assert process.is_ours(running)
    finally:
        process.stop(running)
    assert not process.is_ours(running)


def report(aws: Aws, event: object = None) -> dict[str, Any]:
    done = invoke(aws, "small/report", event or {})
    assert not done.failed, done.result
    result: dict[str, Any] = done.result
    return result


def test_a_function_sees_nothing_of_the_developers_environment(aws: Aws) -> None:
    seen = report(aws)["environment"]
    assert "SECRET_OF_THE_DEVELOPER" not in seen
    assert seen["SKUFLOW_STAGE"] == "local"
    assert "PYTHONPATH" not in seen


def test_packages_of_a_layer_win_over_those_of_the_embedded_aws(aws: Aws) -> None:
    found = report(aws)
    assert found["jmespath"] == "ours"
    assert found["greeting"] == "hello"


def test_what_cloudformation_drops_is_set_afterwards(aws: Aws) -> None:
    table = aws.dynamodb.describe_time_to_live(TableName="skuflow-local-small")["TimeToLiveDescription"]
    assert table == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
    name = aws.function_name("small/report")
    assert aws.functions.get_function_concurrency(FunctionName=name)["ReservedConcurrentExecutions"] == 3
    mapping = aws.functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"][0]
    assert mapping["ScalingConfig"]["MaximumConcurrency"] == 2
    archive = aws.events.describe_archive(ArchiveName="skuflow-local-archive")
    assert archive["EventSourceArn"].endswith("event-bus/skuflow-local")
    assert archive["RetentionDays"] == 7


def test_a_browser_may_call_the_api_from_the_declared_origin(aws: Aws) -> None:
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "GET"}
    answer = httpx.options(f"{aws.api_url()}/report", headers=asked)
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"


def test_the_api_answers_at_its_own_url(aws: Aws) -> None:
    answer = httpx.get(f"{aws.api_url()}/report")
    assert answer.status_code == 200, answer.text
    assert answer.json()["greeting"] == "hello"


def test_deploying_the_same_again_changes_nothing(aws: Aws, checkout: Workspace, tmp_path: Path) -> None:
    deployed = deploy_assembly(checkout, aws, write_assembly(tmp_path), lambda _note: None)
    assert deployed.changed == ()
    assert deployed.functions == 1


def test_deploying_other_code_updates_the_function_and_keeps_what_was_set(
    aws: Aws, checkout: Workspace, tmp_path: Path
) -> None:
    folder = write_assembly(tmp_path, source="def lambda_handler(event, context):\n    return 'changed'\n")
    assert deploy_assembly(checkout, aws, folder, lambda _note: None).changed == ("skuflow-local-small",)
    assert invoke(aws, "small/report", {}).result == "changed"
    concurrency = aws.functions.get_function_concurrency(FunctionName=aws.function_name("small/report"))
    assert concurrency["ReservedConcurrentExecutions"] == 3
    deploy_assembly(checkout, aws, write_assembly(tmp_path / "back"), lambda _note: None)


def test_functions_run_changed_layer_code_once_they_are_recycled(aws: Aws, checkout: Workspace, tmp_path: Path) -> None:
    folder = write_assembly(tmp_path)
    deploy_assembly(checkout, aws, folder, lambda _note: None)
    assert report(aws)["greeting"] == "hello"
    module = checkout.domain_layer / "skuflow" / "__init__.py"
    module.write_text("GREETING = 'hello again'\n")
    try:
        recycle(aws, folder)
        assert report(aws)["greeting"] == "hello again"
    finally:
        module.write_text("GREETING = 'hello'\n")
        recycle(aws, folder)


def test_one_function_is_redeployed_from_its_folder_alone(aws: Aws, checkout: Workspace, tmp_path: Path) -> None:
    folder = checkout.root / "functions" / "small" / "report"
    folder.mkdir(parents=True)
    (folder / "handler.py").write_text("def lambda_handler(event, context):\n    return __name__\n")
    assert functions(checkout) == ["small/report"]
    redeploy(checkout, aws, "small/report")
    assert invoke(aws, "small/report", {}).result == "functions.small.report.handler"
    with pytest.raises(LocalProblem, match="there is no function 'small/other'"):
        redeploy(checkout, aws, "small/other")
    recycle(aws, write_assembly(tmp_path))


def test_an_error_of_a_function_is_told_apart_from_an_answer(aws: Aws) -> None:
    done = invoke(aws, "small/report", {"fail": "on purpose"})
    assert done.failed
    assert "on purpose" in done.result["errorMessage"]


def test_log_lines_are_found_by_function_and_by_what_they_mention(aws: Aws) -> None:
    report(aws, {"say": "correlation-4711"})
    (source,) = log_lines.sources(aws, "small/report")
    lines = [line for line in log_lines.read(aws, source, 0) if log_lines.mentions(line, "correlation-4711")]
    assert [line.fields["message"] for line in lines] == ["correlation-4711"]


def test_dead_letters_are_listed_shown_redriven_and_purged(aws: Aws) -> None:
    queue = dead_letters.find(aws, "small-report-dlq")
    for number in range(12):
        aws.sqs.send_message(
            QueueUrl=queue.url,
            MessageBody=json.dumps({"number": number}),
            MessageAttributes={"reason": {"DataType": "String", "StringValue": "unreadable"}},
        )
    assert dead_letters.find(aws, "small/report").waiting == 12
    shown = dead_letters.show(aws, queue, 11)
    assert len(shown) == 11
    assert {letter.attributes["reason"] for letter in shown} == {"unreadable"}
    assert dead_letters.redrive(aws, queue, 2) == 2
    assert dead_letters.find(aws, "small-report").waiting == 10
    dead_letters.purge(aws, queue)
    assert dead_letters.queues(aws)[0].waiting == 0


def test_a_tap_hears_business_events_once_and_leaves_nothing_behind(aws: Aws) -> None:
    detail = json.dumps({"event_id": "evt_1", "data": {}})
    with EventTap(aws) as tap:
        for source in ("skuflow.catalog", "skuflow.catalog", "aws.health"):
            aws.events.put_events(
                Entries=[{"EventBusName": aws.bus(), "Source": source, "DetailType": "Tested", "Detail": detail}]
            )
        heard = tap.take(wait_seconds=2)
    assert [event["detail-type"] for event in heard] == ["Tested"]
    rules = aws.events.list_rules(EventBusName=aws.bus())["Rules"]
    assert [rule["Name"] for rule in rules if rule["Name"].startswith("skuflow-tap")] == []


def test_two_instances_run_side_by_side_and_know_nothing_of_each_other(
    aws: Aws, instance: Instance, tmp_path: Path, interpreter: Path
) -> None:
    other = process.start(Instance("other", tmp_path), interpreter)
    try:
        assert other.port != instance.port
        assert embedded(other).sqs.list_queues().get("QueueUrls", []) == []
        assert aws.sqs.list_queues()["QueueUrls"]
    finally:
        assert process.stop(other)
    with pytest.raises(NothingRunning):
        embedded(other)


def test_state_outlives_a_stop_only_on_request_and_reset_empties_it(tmp_path: Path, interpreter: Path) -> None:
    kept = process.start(Instance("kept", tmp_path, kept=True), interpreter)
    embedded(kept).sqs.create_queue(QueueName="remembered")
    process.stop(kept)
    again = process.start(kept, interpreter)
    try:
        assert again.port == kept.port
        assert len(embedded(again).sqs.list_queues()["QueueUrls"]) == 1
        process.empty(again)
        assert embedded(again).sqs.list_queues().get("QueueUrls", []) == []
    finally:
        process.stop(again)


def test_after_a_crash_the_note_of_what_was_deployed_is_not_believed(tmp_path: Path, interpreter: Path) -> None:
    kept = process.start(Instance("crashed", tmp_path, kept=True), interpreter)
    kept.deployed.write_text("{}")
    os.kill(kept.pid, signal.SIGKILL)
    process.stop(kept)
    assert not kept.deployed.exists()


def test_a_stopped_instance_is_nobody_elses_process(instance: Instance) -> None:
    stranger = Instance("stranger", instance.home, pid=os.getpid())
    assert not process.is_ours(stranger)
    assert process.is_ours(instance)
