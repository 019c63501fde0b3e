"""Jobs, from the request to the event that says what they did."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from skuflow.contracts.quality import MOST_FIXES
from skuflow.kernel.tenancy import ClientId
from skuflow.quality.model import ImageFact, Picture
from tests.functions.quality.job_world import JobWorld, product
from tests.http import CLIENT, OTHER_CLIENT

UNTIDY = "  Linen   shirt "


def test_a_job_scores_every_product_and_says_so_once(jobs: JobWorld) -> None:
    jobs.stock(*(product(n) for n in range(7)), product(8, title=UNTIDY), product(9, brand=""))
    job_id = jobs.start()
    jobs.clock.advance(timedelta(seconds=42))
    jobs.settle()
    seen = jobs.job(job_id)
    assert (seen["status"], seen["progress"]["checked"]) == ("completed", 9)
    result = seen["result"]
    assert 0 < float(result["score_before"]) < 100
    assert result["score_before"] == result["score_after"]
    (told,) = jobs.events("JobCompleted")
    assert told["job_id"] == job_id
    assert (told["items_processed"], told["items_fixed"], told["billable_items"]) == (9, 0, 9)
    assert (told["source_type"], told["source_items"]) == ("shopify", 9)
    assert told["quality_score_before"] == result["score_before"]
    assert told["duration_seconds"] == 42
    assert jobs.events("ProductFixesDecided") == []


def test_an_empty_collection_is_perfect(jobs: JobWorld) -> None:
    seen = jobs.run()
    assert seen["status"] == "completed"
    assert (seen["result"]["score_after"], seen["result"]["items_processed"]) == ("100.00", 0)
    assert jobs.events("JobCompleted")[0]["source_type"] == ""


def test_a_job_fixes_what_is_safe_and_the_score_rises(jobs: JobWorld) -> None:
    jobs.stock(*(product(n, title=UNTIDY + str(n)) for n in range(3)), product(9))
    seen = jobs.run("fix")
    assert seen["status"] == "completed", seen
    result = seen["result"]
    assert (result["items_processed"], result["items_fixed"], result["billable_items"]) == (4, 3, 4)
    assert float(result["score_after"]) > float(result["score_before"])
    assert seen["progress"]["fixes_skipped"] == 0
    assert title_of(jobs, 1) == "Linen shirt 1"
    assert jobs.events("JobCompleted")[0]["items_fixed"] == 3


def test_the_score_after_is_that_of_what_was_applied_though_the_copy_has_not_heard_of_it(jobs: JobWorld) -> None:
    jobs.catalogue.tells = False
    jobs.stock(product(1, title=UNTIDY))
    before = jobs.run("fix")["result"]
    jobs.catalogue.tells = True
    jobs.catalogue.answered.clear()
    after = jobs.run("fix")["result"]
    assert before == {**after, "duration_seconds": before["duration_seconds"]}
    assert float(before["score_after"]) > float(before["score_before"])


def test_a_preview_changes_nothing_until_it_is_applied_and_can_be_taken_back(jobs: JobWorld) -> None:
    jobs.stock(product(1, title=UNTIDY), product(2))
    preview = jobs.run("preview")
    (wanted,) = jobs.all_of(f"/v1/quality/jobs/{preview['job_id']}/fixes")
    (fix,) = [one for one in wanted["fixes"] if one["path"] == "title"]
    assert (fix["old"], fix["new"], fix["outcome"]) == (UNTIDY, "Linen shirt", "proposed")
    assert title_of(jobs, 1) == UNTIDY
    applied = jobs.ask("POST", f"/v1/quality/jobs/{preview['job_id']}/apply")
    jobs.settle()
    done = jobs.job(applied["job_id"])
    assert (done["status"], done["follows"]) == ("completed", preview["job_id"])
    assert done["result"]["items_fixed"] == 1
    assert done["result"]["billable_items"] == 0
    assert done["result"]["score_before"] == preview["result"]["score_after"]
    assert title_of(jobs, 1) == "Linen shirt"
    reverted = jobs.ask("POST", f"/v1/quality/jobs/{applied['job_id']}/revert")
    jobs.settle()
    back = jobs.job(reverted["job_id"])["result"]
    assert title_of(jobs, 1) == UNTIDY
    assert (back["score_before"], back["score_after"]) == (
        done["result"]["score_after"],
        done["result"]["score_before"],
    )
    assert back["items_fixed"] == 1
    assert len(jobs.events("JobCompleted")) == 3


def test_a_product_that_changed_meanwhile_is_left_alone_with_the_reason(jobs: JobWorld) -> None:
    jobs.stock(product(1, title=UNTIDY), product(2, title=UNTIDY))
    preview = jobs.run("preview")
    jobs.stock(product(1, title="Sold out", product_version=5))
    job_id = jobs.ask("POST", f"/v1/quality/jobs/{preview['job_id']}/apply")["job_id"]
    jobs.settle()
    fixes = {
        (one["product_id"], fix["path"]): (fix["outcome"], fix["skipped_because"])
        for one in jobs.all_of(f"/v1/quality/jobs/{job_id}/fixes")
        for fix in one["fixes"]
    }
    assert fixes["prd_00001", "title"] == ("skipped", "changed_since")
    assert fixes["prd_00002", "title"] == ("applied", None)
    assert jobs.job(job_id)["progress"]["fixes_skipped"] == 1
    assert title_of(jobs, 1) == "Sold out"


def test_applying_twice_is_refused_and_so_is_taking_back_what_was_not_done(jobs: JobWorld) -> None:
    jobs.stock(product(1, title=UNTIDY))
    preview = jobs.run("preview")["job_id"]
    assert jobs.call("POST", f"/v1/quality/jobs/{preview}/revert").status == 409
    assert jobs.call("POST", f"/v1/quality/jobs/{preview}/apply").status == 201
    jobs.settle()
    assert jobs.call("POST", f"/v1/quality/jobs/{preview}/apply").status == 409
    score = jobs.run()["job_id"]
    assert jobs.call("POST", f"/v1/quality/jobs/{score}/apply").status == 409
    assert jobs.call("POST", "/v1/quality/jobs/qjb_nobody/apply").status == 404


def test_filters_say_which_products_are_checked(jobs: JobWorld) -> None:
    jobs.stock(product(1), product(2, brand="Field"), product(3, source="csv"), product(4, category=("Shoes",)))
    for filters, checked in (
        ({"brand": "field"}, 1),
        ({"source": "shopify"}, 3),
        ({"category": ["Clothing"]}, 3),
        ({"product_ids": ["prd_00003"]}, 1),
        ({"status": "draft"}, 0),
    ):
        seen = jobs.run(filters=filters)
        assert (seen["progress"]["checked"], seen["progress"]["looked_at"]) == (checked, 4), filters
    assert jobs.run()["result"]["source_type"] == "mixed"


def test_a_job_goes_on_in_another_run_when_its_time_is_up(jobs: JobWorld) -> None:
    jobs.stock(*(product(n) for n in range(120)))
    jobs.context.remaining_ms = 1
    job_id = jobs.start()
    jobs.work(most=3)
    assert jobs.job(job_id)["status"] == "checking"
    jobs.context.remaining_ms = 120_000
    jobs.settle()
    assert jobs.job(job_id)["result"]["items_processed"] == 120
    assert len(jobs.events("JobCompleted")) == 1


def test_a_job_can_be_stopped_while_it_waits_and_not_when_it_is_over(jobs: JobWorld) -> None:
    jobs.stock(product(1, title=UNTIDY))
    jobs.catalogue.deaf = True
    job_id = jobs.start("fix")
    jobs.settle()
    assert jobs.job(job_id)["status"] == "applying"
    assert jobs.ask("DELETE", f"/v1/quality/jobs/{job_id}")["status"] == "cancelled"
    assert jobs.ask("DELETE", f"/v1/quality/jobs/{job_id}")["status"] == "cancelled"
    assert jobs.call("POST", f"/v1/quality/jobs/{job_id}/revert").status == 409
    jobs.catalogue.deaf = False
    jobs.settle()
    assert jobs.events("JobCompleted") == []
    assert jobs.job(job_id)["progress"]["products_fixed"] == 1
    reverted = jobs.ask("POST", f"/v1/quality/jobs/{job_id}/revert")["job_id"]
    jobs.settle()
    assert jobs.job(reverted)["status"] == "completed"
    assert title_of(jobs, 1) == UNTIDY
    assert jobs.call("DELETE", f"/v1/quality/jobs/{reverted}").status == 409


def test_the_same_key_starts_one_job_though_the_first_request_died_before_its_message(jobs: JobWorld) -> None:
    jobs.stock(product(1))
    key = {"Idempotency-Key": "nightly"}
    one = jobs.ask("POST", "/v1/quality/jobs", body={"mode": "score"}, headers=key)
    again = jobs.ask("POST", "/v1/quality/jobs", body={"mode": "score"}, headers=key)
    assert one["job_id"] == again["job_id"]
    jobs.settle()
    assert len(jobs.events("JobCompleted")) == 1


def test_another_client_s_products_and_jobs_are_not_touched(jobs: JobWorld) -> None:
    jobs.stock(product(1))
    jobs.stock(product(2, title=UNTIDY), client_id=OTHER_CLIENT)
    seen = jobs.run("fix")
    assert seen["result"]["items_processed"] == 1
    path = f"/v1/quality/jobs/{seen['job_id']}"
    assert jobs.call("GET", path, client_id=OTHER_CLIENT).status == 404
    assert jobs.call("POST", f"{path}/revert", client_id=OTHER_CLIENT).status == 404


def title_of(jobs: JobWorld, number: int) -> str:
    name = f"prd_{number:05d}"
    return jobs.products.get_many(ClientId(CLIENT), [name])[name].title


def test_pictures_are_looked_at_where_a_job_asks_and_not_again_for_a_week(jobs: JobWorld) -> None:
    seen: list[str] = []

    def look(url: str) -> ImageFact | None:
        seen.append(url)
        return ImageFact("unreachable", jobs.clock()) if "gone" in url else None

    made = jobs.deps["run_quality_job"].pictures()
    looking = replace(made, look=look, clock=jobs.clock)
    jobs.deps["run_quality_job"] = replace(jobs.deps["run_quality_job"], pictures=lambda: looking)
    pictures = tuple(Picture(f"https://cdn.example/{name}.jpg") for name in ("gone", "slow"))
    jobs.stock(product(1, images=pictures, title=UNTIDY))
    jobs.run()
    assert seen == []
    job = jobs.run("fix", check_images=True)
    assert seen == [one.url for one in pictures]
    found = jobs.all_of(f"/v1/quality/jobs/{job['job_id']}/findings", field="product.images")
    assert any("gone" in one["value"] for one in found)
    assert not any("slow" in one["value"] for one in found)
    jobs.run(check_images=True)
    assert seen[2:] == [pictures[1].url]
    jobs.clock.advance(timedelta(days=8))
    jobs.run(check_images=True)
    assert len(seen) == 5


def test_a_batch_has_no_more_fixes_than_the_catalogue_takes_at_once(jobs: JobWorld) -> None:
    many = {f"Care {n}": ("  wash   cold ",) for n in range(MOST_FIXES // 10)}
    jobs.stock(*(product(n, attributes=many) for n in range(25)))
    seen = jobs.run("fix")
    assert seen["status"] == "completed"
    batches = jobs.events("ProductFixesDecided")
    assert len(batches) > 1
    assert all(sum(len(one["fixes"]) for one in batch["products"]) <= MOST_FIXES for batch in batches)
    assert seen["result"]["items_fixed"] == 25
