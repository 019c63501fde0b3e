"""Where data lives: all of a stage is in the region of its residency, and every cost can be told apart by context."""

from __future__ import annotations

import pytest

from infra.config import REGIONS
from tests.infra import residency as rules
from tests.infra.conftest import Synthesise
from tests.infra.rules import taggable, tags_of
from tests.infra.templates import Assembly

STAGES = [("test", "ca"), ("prod-ca", "ca"), ("prod-eu", "eu"), ("test", "us"), ("test", "in")]


def test_every_residency_is_tried() -> None:
    assert {residency for _, residency in STAGES} == set(REGIONS)


@pytest.mark.parametrize(("stage", "residency"), STAGES)
def test_no_resource_arn_or_endpoint_is_outside_the_region(synthesise: Synthesise, stage: str, residency: str) -> None:
    assembly = synthesise(stage, residency)
    assert rules.region_of(assembly) == REGIONS[residency]
    assert rules.everything_is_in_the_region_of_the_residency(assembly) == []
    assert rules.nothing_lives_at_the_edge_or_is_copied_elsewhere(assembly) == []


@pytest.mark.parametrize("stage", ["test", "prod-ca"])
def test_a_canadian_stage_and_all_that_is_uploaded_for_it_is_in_canada(synthesise: Synthesise, stage: str) -> None:
    """Down to the file that says where packages go."""
    assembly = synthesise(stage, "ca")
    assert {artifact["environment"] for artifact in assembly.stacks.values()} == {"aws://123456789012/ca-central-1"}
    named = {
        found for path in assembly.directory.glob("*.json") for found in rules.REGION.findall(path.read_text("utf-8"))
    }
    assert named == {"ca-central-1"}


def test_everything_is_tagged_with_its_context_for_the_bill(staging: Assembly) -> None:
    wrong = {}
    for resource in staging.all():
        expected = {"project": "skuflow", "stage": "test", "context": resource.context, "residency": "ca"}
        if taggable(resource.type) and not expected.items() <= tags_of(resource).items():
            wrong[resource.where] = (resource.type, tags_of(resource))
    assert wrong == {}
