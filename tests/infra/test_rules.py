"""The templates of every kind of stage keep every rule; and each rule notices the mistakes that it is there for."""

from __future__ import annotations

import pytest

from tests.infra import residency
from tests.infra.conftest import Synthesise
from tests.infra.faults import FAULTS, Fault
from tests.infra.rules import RULES, broken_by

assert residency  # its rules are among RULES once it is imported
STAGES = [("test", "ca"), ("prod-ca", "ca"), ("prod-eu", "eu")]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("stage", "where"), STAGES)
def test_every_stage_keeps_the_rule(synthesise: Synthesise, stage: str, where: str, rule: str) -> None:
    assert broken_by(synthesise(stage, where), [rule]) == {}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.rule}: {fault.mistake}")
def test_the_rule_notices(synthesise: Synthesise, fault: Fault) -> None:
    sound = synthesise(*(STAGES[1] if fault.production else STAGES[0]))
    assert RULES[fault.rule](sound.changed(fault.edit)) != []
    assert RULES[fault.rule](sound) == []


def test_every_rule_has_a_mistake_that_it_notices() -> None:
    assert {fault.rule for fault in FAULTS} == set(RULES)
