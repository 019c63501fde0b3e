"""The samples of webhooks are of the topics that are understood, all of them, and nothing in them is anybody's."""

from __future__ import annotations

import re

import pytest

from skuflow.sync.shopify import topics
from tests.shopify_samples import FOLDER, raw_sample, sample


def test_every_topic_that_is_understood_has_a_sample_and_a_line_in_the_readme() -> None:
    files = {path.stem for path in FOLDER.glob("*.json")}
    assert files == {topic.replace("/", "_") for topic in topics.KNOWN}
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [topic for topic in topics.KNOWN if f"`{topic}`" not in readme] == []
    assert [name for name in files if f"({name}.json)" not in readme] == []


@pytest.mark.parametrize("topic", sorted(topics.KNOWN))
def test_a_sample_is_an_object_whose_addresses_lead_nowhere(topic: str) -> None:
    assert isinstance(sample(topic), dict)
    hosts = set(re.findall(r"@([\w.-]+)|https?://([\w.-]+)", raw_sample(topic)))
    assert {host for pair in hosts for host in pair if host} <= {"example.com", "cdn.shopify.com"}
