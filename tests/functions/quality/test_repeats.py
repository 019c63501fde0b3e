"""Values that only one product may have: whoever has one that others have too is named, wherever it stands in the collection."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from skuflow.quality.model import SnapshotVariant
from skuflow.quality.products_store import ProductsStore, segment_of
from tests.doubles import FakeLambdaContext
from tests.functions.quality.job_world import JobWorld, product
from tests.http import OTHER_CLIENT

RULE = "product.duplicate"
BY_PLACE = sorted(range(130), key=lambda n: (segment_of(f"prd_{n:05d}"), n))
"""Numbers of products in the order in which a job meets them: three chunks of it."""
FIRST, LAST = BY_PLACE[0], BY_PLACE[-1]


@dataclass
class OneStep(FakeLambdaContext):
    """A run that has the time for one chunk, or one second look."""

    asked: int = 0

    def get_remaining_time_in_millis(self) -> int:
        self.asked += 1
        return 120_000 if self.asked == 1 else 1


def far_apart(jobs: JobWorld, title: str = "Linen shirt") -> None:
    """A hundred and thirty products, of which the first and the last look the same."""
    jobs.stock(*(product(n, title=title if n in {FIRST, LAST} else f"{title} {n}") for n in BY_PLACE))


def found(jobs: JobWorld, job_id: str, **query: Any) -> list[dict[str, Any]]:
    return jobs.all_of(f"/v1/quality/jobs/{job_id}/findings", **query)


def rule_of(jobs: JobWorld, job_id: str, rule_id: str = RULE) -> dict[str, Any]:
    rules = jobs.ask("GET", f"/v1/quality/jobs/{job_id}/report")["rules"]
    return next(one for one in rules if one["rule_id"] == rule_id)


def test_products_that_look_the_same_are_both_named_though_they_are_far_apart(jobs: JobWorld) -> None:
    far_apart(jobs)
    seen = jobs.run()
    doubles = found(jobs, seen["job_id"], rule_id=RULE)
    assert {one["product_id"] for one in doubles} == {f"prd_{n:05d}" for n in (FIRST, LAST)}
    assert {(one["aspect"], one["title"]) for one in doubles} == {("duplicate", "Linen shirt")}
    counted = rule_of(jobs, seen["job_id"])
    assert counted["failed_before"] == len(doubles) == 2
    assert set(counted["example_product_ids"]) == {one["product_id"] for one in doubles}
    assert seen["progress"]["findings"] == len(found(jobs, seen["job_id"]))
    assert found(jobs, seen["job_id"], limit=3) == found(jobs, seen["job_id"], limit=200)


def test_products_with_duplicates_are_among_the_worst(jobs: JobWorld) -> None:
    far_apart(jobs)
    job_id = jobs.run()["job_id"]
    worst = jobs.ask("GET", f"/v1/quality/jobs/{job_id}/report")["worst"]
    assert {one["product_id"] for one in worst[:2]} == {f"prd_{n:05d}" for n in (FIRST, LAST)}
    assert float(worst[0]["score"]) < float(worst[2]["score"])
    assert worst[0]["findings"] == worst[2]["findings"] + 1


def test_variants_that_share_a_value_are_named_one_by_one(jobs: JobWorld) -> None:
    def sold(number: int, *gtins: str) -> None:
        variants = tuple(SnapshotVariant(f"var_{number}_{n}", gtin=gtin) for n, gtin in enumerate(gtins))
        jobs.stock(product(number, variants=variants))

    sold(1, "4006381333931", "9780306406157")
    sold(2, "4006381333931")
    job_id = jobs.run()["job_id"]
    doubles = found(jobs, job_id, rule_id="variant.gtin.unique")
    assert {(one["variant_id"], one["value"]) for one in doubles} == {
        ("var_1_0", "4006381333931"),
        ("var_2_0", "4006381333931"),
    }
    assert rule_of(jobs, job_id, "variant.gtin.unique")["failed_before"] == 2


def test_a_second_look_goes_on_where_the_time_was_up(jobs: JobWorld) -> None:
    far_apart(jobs)
    job_id = jobs.start()
    runs = 0
    while jobs.job(job_id)["status"] != "completed":
        jobs.context = OneStep()
        jobs.work(most=1)
        runs += 1
        assert runs < 20
    assert runs > 4
    assert len(found(jobs, job_id, rule_id=RULE)) == 2
    assert rule_of(jobs, job_id)["failed_before"] == 2


def test_what_a_job_mends_while_it_runs_is_told_as_it_was(jobs: JobWorld) -> None:
    far_apart(jobs, "Linen &amp; silk")
    jobs.context = OneStep()
    job_id = jobs.start("fix")
    for _ in range(3):
        jobs.context = OneStep()
        jobs.work(most=1)
    jobs.announce()
    assert jobs.job(job_id)["progress"]["products_fixed"] > 0
    jobs.context = FakeLambdaContext(remaining_ms=120_000)
    jobs.settle()
    assert {one["value"] for one in found(jobs, job_id, rule_id=RULE)} == {"Linen &amp; silk"}
    counted = rule_of(jobs, job_id)
    assert (counted["failed_before"], counted["failed_after"]) == (2, 2)


def test_without_anything_repeated_no_product_is_read_again(jobs: JobWorld) -> None:
    class NeverAgain(ProductsStore):
        def get_many(self, *_: Any) -> Any:
            raise AssertionError("products were read again")

    jobs.stock(*(product(n) for n in range(5)))
    run = jobs.deps["run_quality_job"]
    jobs.deps["run_quality_job"] = replace(run, products=NeverAgain(run.products.table))
    assert jobs.run()["status"] == "completed"


def test_another_client_s_product_is_no_duplicate(jobs: JobWorld) -> None:
    jobs.stock(product(1, title="Linen shirt"))
    jobs.stock(product(2, title="Linen shirt"), client_id=OTHER_CLIENT)
    assert found(jobs, jobs.run()["job_id"], rule_id=RULE) == []


def test_a_job_that_follows_lists_none(jobs: JobWorld) -> None:
    jobs.stock(*(product(n, title="Linen &amp; silk") for n in (1, 2)))
    preview = jobs.run("preview")["job_id"]
    assert len(found(jobs, preview, rule_id=RULE)) == 2
    applied = jobs.ask("POST", f"/v1/quality/jobs/{preview}/apply")["job_id"]
    jobs.settle()
    assert found(jobs, applied) == []
    assert rule_of(jobs, applied)["failed_after"] == 2
