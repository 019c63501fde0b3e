"""The load bench in small: the deployed app under a few hasty users, none of whom is turned away."""

from __future__ import annotations

import asyncio

import pytest

from tests.bench.load import warm
from tests.bench.load_driver import Driver, Ramp
from tests.bench.load_figures import faults, named
from tests.bench.load_inside import probing
from tests.bench.load_platform import filled
from tests.e2e.shop import Platform

pytestmark = pytest.mark.e2e


def test_hasty_users_are_served_without_an_error(platform: Platform) -> None:
    stage = filled(platform.instance)
    asyncio.run(warm(stage, rounds=1))
    ramp = Ramp((2, 4), seconds=2, thinking=(0.1, 0.3))
    with probing(stage) as probe:
        samples = asyncio.run(Driver(stage.aws.api_url(), stage.targets, ramp).run())
    assert faults(samples) == {}
    figures = named(samples, probe.figures)
    assert (figures["load_2_errors"], figures["load_4_errors"]) == (0, 0)
    assert probe.figures.count
    assert stage.dead_letters == 0
