"""Every alarm has its paragraph in the runbook and every paragraph its alarm; whatever links there arrives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.config import Stage, stage_of
from tests.architecture.repository import ROOT
from tests.infra.templates import Assembly

RUNBOOK = ROOT / "docs" / "runbook.md"
PLACE = re.compile(r"docs/([a-z-]+\.md)#([a-z0-9-]+)")
LINK = re.compile(r"\]\(([a-z./-]*)#([a-z0-9-]+)\)")
ADDRESS = "https://example.com/skuflow/blob/main"


def anchor(heading: str) -> str:
    """As GitHub, GitLab and most renderers of Markdown make it: lower case, dashes for spaces, no other signs."""
    return re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-")


def headings(path: Path, level: int | None = None) -> list[str]:
    marks = "#{1,6}" if level is None else "#" * level
    return [anchor(found) for found in re.findall(rf"^{marks} (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)]


def paragraphs() -> dict[str, str]:
    """Anchor -> text of every paragraph below "Alarms"."""
    part = RUNBOOK.read_text(encoding="utf-8").split("\n## Alarms\n", 1)[1].split("\n## ", 1)[0]
    pieces = re.split(r"^### (.+)$", part, flags=re.MULTILINE)[1:]
    return {anchor(title): text for title, text in zip(pieces[::2], pieces[1::2], strict=True)}


def explained(assembly: Assembly) -> Iterator[tuple[str, str]]:
    """(alarm, anchor); the place stands at the end of what the alarm says."""
    for alarm in assembly.all("AWS::CloudWatch::Alarm"):
        found = PLACE.search(alarm.properties["AlarmDescription"])
        assert found, f"{alarm.where} does not say where it is explained"
        assert alarm.properties["AlarmDescription"].endswith(found[0]), alarm.where
        assert found[1] == "runbook.md", alarm.where
        yield alarm.properties["AlarmName"], found[2]


@pytest.mark.parametrize("stage", ["staging", "production"])
def test_every_alarm_has_its_paragraph_and_every_paragraph_an_alarm(stage: str, request: pytest.FixtureRequest) -> None:
    assembly: Assembly = request.getfixturevalue(stage)
    assert {place for _, place in explained(assembly)} == set(paragraphs())


@pytest.mark.parametrize("name", sorted(paragraphs()))
def test_a_paragraph_tells_what_it_means_how_to_look_and_how_to_mend(name: str) -> None:
    text = paragraphs()[name]
    parts = re.split(r"^- \*\*(Means|Look|Mend)\*\* ", text, flags=re.MULTILINE)
    assert parts[1::2] == ["Means", "Look", "Mend"]
    assert all(len(part.split()) >= 12 for part in parts[2::2])
    assert re.search(r"`skuflow [a-z]", parts[4])


@pytest.mark.parametrize("name", sorted(paragraphs()))
def test_a_paragraph_names_the_alarms_that_lead_to_it(staging: Assembly, name: str) -> None:
    (said,) = re.findall(r"^Rings: `…?-?([a-z0-9-]+)`", paragraphs()[name], re.MULTILINE)
    alarms = [alarm for alarm, place in explained(staging) if place == name]
    assert alarms
    assert [alarm for alarm in alarms if not alarm.endswith(said)] == []


@pytest.mark.parametrize("page", ["runbook.md", "deploying.md", "operating.md"])
def test_anchors_within_the_documents_resolve(page: str) -> None:
    path = ROOT / "docs" / page
    broken = [
        (target, place)
        for target, place in LINK.findall(path.read_text(encoding="utf-8"))
        if place not in headings(path.parent / target if target else path)
    ]
    assert broken == []


def test_no_two_headings_of_the_runbook_share_an_anchor() -> None:
    assert len(headings(RUNBOOK)) == len(set(headings(RUNBOOK)))


def test_dashboards_lead_to_the_runbook(staging: Assembly) -> None:
    for dashboard in staging.all("AWS::CloudWatch::Dashboard"):
        body = staging.text(dashboard.stack, dashboard.properties["DashboardBody"])
        assert {found[1] for found in PLACE.findall(body)} <= set(headings(RUNBOOK)), dashboard.where
        assert PLACE.search(body), dashboard.where


def test_the_place_becomes_an_address_once_it_is_known_where_people_read() -> None:
    stage = Stage("test", "ca", "123456789012", ADDRESS + "/")
    assert stage.runbook("api-5xx") == f"{ADDRESS}/docs/runbook.md#api-5xx"
    assert Stage("test", "ca", "123456789012").runbook("api-5xx") == "docs/runbook.md#api-5xx"


def test_the_address_is_chosen_with_the_stage() -> None:
    context = {"stage": "test", "docs": ADDRESS}
    assert stage_of(context, {"CDK_DEFAULT_ACCOUNT": "123456789012"}).docs == ADDRESS


@pytest.mark.parametrize("docs", ["http://example.com", "example.com", "https://example.com/#top", "https://a b"])
def test_an_address_that_cannot_be_linked_to_is_refused(docs: str) -> None:
    with pytest.raises(ValueError, match=r"docs/runbook\.md"):
        Stage("test", "ca", "123456789012", docs)
