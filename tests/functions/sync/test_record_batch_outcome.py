"""The catalogue's answers, added up."""

from __future__ import annotations

import json
from typing import Any

from skuflow.sync.reading.source import Limits
from tests.functions.sync.files import catalogue
from tests.functions.sync.world import World, with_limits
from tests.http import CLIENT, OTHER_CLIENT


def answers(world: World, content: bytes) -> tuple[str, list[dict[str, Any]]]:
    """An import read to its end, and the catalogue's answers, which nobody has delivered yet."""
    with_limits(world, Limits(chunk_rows=5))
    started = world.start()
    world.upload(started, content)
    world.deliver("uploads")
    world.deliver("work")
    world.announce()
    told = [json.loads(message["Body"]) for message in world.waiting("outcomes")]
    for message in world.waiting("outcomes"):
        world.forget("outcomes", message)
    return str(started["import"]["import_id"]), told


def test_an_import_is_applying_until_every_batch_is_answered(world: World) -> None:
    import_id, told = answers(world, catalogue(12))
    assert len(told) == 3
    for answer in told[:2]:
        world.send("outcomes", answer)
    world.settle()
    shown = world.show(import_id)
    assert (shown["status"], shown["created"]) == ("applying", 10)
    world.send("outcomes", told[2])
    world.settle()
    assert (world.show(import_id)["status"], world.show(import_id)["created"]) == ("completed", 12)


def test_an_answer_is_counted_once_in_whatever_order_and_however_often_it_comes(world: World) -> None:
    import_id, told = answers(world, catalogue(12, bad={4}))
    for answer in (told[2], told[0], told[2], told[1], told[0]):
        world.send("outcomes", answer)
    world.settle()
    shown = world.show(import_id)
    assert (shown["status"], shown["created"], shown["rejected"]) == ("completed", 11, 1)
    assert len(world.events("ImportCompleted")) == 1


def test_an_answer_after_the_end_changes_nothing(world: World) -> None:
    import_id, told = answers(world, catalogue(3))
    for _ in range(2):
        world.send("outcomes", told[0])
        world.settle()
    assert world.show(import_id)["created"] == 3


def test_an_answer_for_the_import_of_another_client_is_put_aside(world: World) -> None:
    import_id, told = answers(world, catalogue(3))
    assert told[0]["detail"]["client_id"] == CLIENT
    told[0]["detail"]["client_id"] = OTHER_CLIENT
    world.send("outcomes", told[0])
    world.settle()
    assert world.show(import_id)["created"] == 0
    [message] = world.waiting("dead-letters")
    assert message["MessageAttributes"]["reason"]["StringValue"].startswith("not_found:")


def test_an_answer_with_fields_of_a_later_version_is_understood(world: World) -> None:
    import_id, told = answers(world, catalogue(3))
    told[0]["detail"]["data"]["skipped"] = 7
    world.send("outcomes", told[0])
    world.settle()
    assert world.show(import_id)["status"] == "completed"


def test_an_answer_that_lacks_a_count_is_put_aside_with_its_name(world: World) -> None:
    import_id, told = answers(world, catalogue(3))
    del told[0]["detail"]["data"]["created"]
    world.send("outcomes", told[0])
    world.settle()
    assert world.show(import_id)["status"] == "applying"
    [message] = world.waiting("dead-letters")
    assert "created" in message["MessageAttributes"]["reason"]["StringValue"]


def test_a_file_of_which_no_row_can_be_taken_is_completed_without_the_catalogue(world: World) -> None:
    shown = world.bring(catalogue(4, bad=range(1, 5)))
    assert (shown["status"], shown["rejected"], shown["products"]) == ("completed", 4, 0)
    assert world.events("ProductBatchReady") == []
