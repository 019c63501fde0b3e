"""Where data lives: all of a stage is in the region of its residency, and every cost can be told apart by context."""

from __future__ import annotations

import re

import pytest

from infra.config import REGIONS
from tests.infra.conftest import Synthesise
from tests.infra.templates import Assembly, Resource

REGION = re.compile(r"\b(?:af|ap|ca|cn|eu|il|me|mx|sa|us)(?:-gov)?-(?:central|(?:north|south)?(?:east|west)?)-\d\b")
UNTAGGABLE = {
    "AWS::ApiGatewayV2::Authorizer",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Route",
    "AWS::AppConfig::HostedConfigurationVersion",
    "AWS::Events::Archive",
    "AWS::IAM::Policy",
    "AWS::KMS::Alias",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Permission",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::Scheduler::Schedule",
}
STAGES = {"ca": "test", "eu": "prod-eu", "in": "test", "us": "test"}


def tags_of(resource: Resource) -> dict[str, str]:
    tags = resource.properties.get("Tags", {})
    return {tag["Key"]: tag["Value"] for tag in tags} if isinstance(tags, list) else dict(tags)


@pytest.mark.parametrize("residency", REGIONS)
def test_no_resource_or_endpoint_is_outside_the_region(synthesise: Synthesise, residency: str) -> None:
    assembly = synthesise(STAGES[residency], residency)
    for name, artifact in assembly.stacks.items():
        assert artifact["environment"] == f"aws://123456789012/{REGIONS[residency]}", name
        text = (assembly.directory / artifact["properties"]["templateFile"]).read_text()
        assert set(REGION.findall(text)) <= {REGIONS[residency]}, name


def test_a_canadian_stage_is_in_canada(staging: Assembly) -> None:
    assert {artifact["environment"] for artifact in staging.stacks.values()} == {"aws://123456789012/ca-central-1"}


def test_nothing_replicates_or_forwards_to_another_region(staging: Assembly) -> None:
    assert list(staging.all("AWS::DynamoDB::GlobalTable", "AWS::CloudFront::Distribution")) == []
    assert "ReplicationConfiguration" not in next(staging.all("AWS::S3::Bucket")).properties
    assert all(s.properties["ReplicateTo"] == "NONE" for s in staging.all("AWS::AppConfig::DeploymentStrategy"))


def test_everything_is_tagged_with_its_context_for_the_bill(staging: Assembly) -> None:
    wrong = {}
    for resource in staging.all():
        if resource.type in UNTAGGABLE:
            continue
        tags = tags_of(resource)
        expected = {"project": "skuflow", "stage": "test", "context": resource.context, "residency": "ca"}
        if not expected.items() <= tags.items():
            wrong[resource.where] = (resource.type, tags)
    assert wrong == {}
