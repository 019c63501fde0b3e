"""The bill: a ledger small enough to work out by hand, and the command line over the real one."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from local.cli.main import app
from local.costs.assumptions import assumptions
from local.costs.billing import Tariff, bill, unit_price
from local.costs.charging import charges, milliseconds
from local.costs.comparison import changes, verdict
from local.costs.cost_document import renewed
from local.costs.ledger import Deployment, Function, Ledger, Measured, Unit, encoded, load
from local.costs.prices import prices, regions
from local.costs.retailer import Retailer
from local.problems import LocalProblem

runner = CliRunner()
DOOR = "catalog/api"
NOTHING = Retailer(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def amounts(**given: str) -> dict[str, Decimal]:
    return {name.replace("__", ":"): Decimal(amount) for name, amount in given.items()}


def unit(**taken: str) -> Unit:
    return Unit("a unit", {DOOR: amounts(**taken)}, {})


def ledger(*, holdings: dict[str, dict[str, int]] | None = None, **units: Unit) -> Ledger:
    """Every unit that a retailer's work asks for, those not given taking nothing."""
    names = dict(Retailer().work(assumptions())) | {"bulk_product_created": 1}
    every = {name: Unit("nothing", {}, {}) for name in names}
    return Ledger(Deployment({DOOR: Function(1024)}, holdings or {}), Measured(every | units, {}))


def tariff(made: Ledger, region: str = "us-east-1") -> Tariff:
    """Without the noise of idle functions and the clock."""
    assumed = assumptions()
    idle = dict.fromkeys(assumed.idle, Decimal(0))
    return Tariff(made, prices(), replace(assumed, idle=idle), region)


def run(*arguments: str) -> dict[str, object]:
    result = runner.invoke(app, ["cost", "--json", *arguments])
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


class TestCharging:
    def test_units_are_charged_by_the_million(self) -> None:
        made = tariff(ledger(product_read=unit(read_units="2", write_units="1")))
        assert unit_price("product_read", made) == Decimal("0.000000875") + gb_seconds(
            made, read_units="2", write_units="1"
        )

    def test_requests_are_charged_as_their_service_does(self) -> None:
        taken = amounts(
            s3__PutObject="2", s3__GetObject="3", s3__DeleteObject="9", kms__Decrypt="4", dynamodb__GetItem="5"
        )
        found = charges(taken, 1769, assumptions())
        assert (found["s3_puts"], found["s3_gets"], found["kms_requests"]) == (2, 3, 4)
        assert {"read_units", "write_units"} & set(found) == set()

    def test_a_request_that_nobody_has_priced_is_an_error_that_says_where_to_add_it(self) -> None:
        with pytest.raises(LocalProblem, match="requests to bedrock, which have no price") as problem:
            charges(amounts(bedrock__InvokeModel="1"), 1024, assumptions())
        assert "prices.toml" in problem.value.remedy

    def test_a_function_waits_for_its_requests_and_works_at_its_share_of_a_processor(self) -> None:
        assumed = assumptions()
        one = amounts(invocations="1", dynamodb__GetItem="1")
        work = (
            assumed.duration["invocation_ms"]
            + assumed.duration["request_ms"]
            + assumed.duration["cold_share"] * assumed.duration["cold_ms"]
        )
        assert milliseconds(one, 1769, assumed) == assumed.latency["dynamodb"] + work
        assert milliseconds(one, 3538, assumed) == assumed.latency["dynamodb"] + work, (
            "a second processor does not help"
        )
        slower = milliseconds(one, 512, assumed)
        assert round(slower, 6) == round(assumed.latency["dynamodb"] + work * Decimal(1769) / 512, 6)

    def test_lambda_and_the_api_log_beside_our_own_lines(self) -> None:
        found = charges(amounts(invocations="1", gateway_requests="1", log_bytes="400"), 1024, assumptions())
        assert found["log_gb"] * 10**9 == 400 + 700 + 330


def gb_seconds(made: Tariff, **taken: str) -> Decimal:
    price = made.prices["lambda_gb_seconds"].usd[made.region]
    return milliseconds(amounts(**taken), 1024, made.assumed) / 1000 * price


class TestBill:
    def test_a_million_requests_cost_what_their_parts_cost(self) -> None:
        read = unit(gateway_requests="1")
        made = tariff(ledger(product_read=read, product_search=read, price_history_page=read))
        found = bill(replace(NOTHING, api_requests=1_000_000), made)
        by_service = found.by(lambda line: line.service)
        assert by_service["API Gateway"] == (Decimal("1.00"), 0)
        assert by_service["CloudWatch"][0] == Decimal("0.50") * 330_000_000 / 10**9
        assert found.total() == found.total(fixed=True) + found.total(fixed=False)

    def test_what_is_held_is_paid_for_without_any_work(self) -> None:
        held = {"catalog": {"kms_keys": 1, "secrets": 2, "alarm_metrics": 5, "dashboards": 1, "composite_alarms": 1}}
        found = bill(NOTHING, tariff(ledger(holdings=held)))
        assert found.total(fixed=False) == 0
        assert found.total() == 1 + Decimal("0.80") + Decimal("0.50") + 3 + Decimal("0.50")
        assert {line.context for line in found.lines} == {"catalog"}

    def test_a_schedule_is_paid_for_as_often_as_it_goes_off(self) -> None:
        hourly_and_nightly, every_minute = {"daily_starts": 24 + 1}, {"daily_starts": 1440}
        found = bill(NOTHING, tariff(ledger(holdings={"billing": hourly_and_nightly, "sync": every_minute})))
        assert {line.context: line.quantity for line in found.lines} == {"billing": 750, "sync": 43_200}
        assert found.total() == found.total(fixed=True) == Decimal(43_950) / 1_000_000

    def test_a_catalogue_is_stored_and_kept_recoverable(self) -> None:
        product = Unit("a product", {}, {"table:catalog": Decimal(10**9)})
        found = bill(replace(NOTHING, skus=40, variants=4), tariff(ledger(bulk_product_created=product)))
        assert found.by(lambda line: line.what) == {
            "GB stored for a month": (0, Decimal("2.50")),
            "GB under point-in-time recovery for a month": (0, Decimal("2.00")),
        }

    def test_the_table_of_a_shared_stack_is_the_shared_stacks(self) -> None:
        product = Unit("a product", {}, {"table:outbound": Decimal(10**9)})
        found = bill(replace(NOTHING, skus=1), tariff(ledger(bulk_product_created=product)))
        assert {line.context for line in found.lines} == {"shared"}

    def test_the_dearest_line_comes_first(self) -> None:
        found = bill(Retailer(), Tariff(load(), prices(), assumptions(), "ca-central-1"))
        assert [line.usd for line in found.lines] == sorted((line.usd for line in found.lines), reverse=True)
        assert found.dominant(2) == found.lines[:2]

    def test_more_work_never_costs_less(self) -> None:
        made = Tariff(load(), prices(), assumptions(), "ca-central-1")
        small = bill(Retailer(), made)
        for volume in (field.name for field in fields(Retailer) if field.name not in ("variants", "shops")):
            more = replace(Retailer(), **{volume: 2 * getattr(Retailer(), volume)})
            assert bill(more, made).total() > small.total(), volume

    def test_a_unit_that_the_ledger_lacks_is_an_error_with_its_remedy(self) -> None:
        bare = Ledger(Deployment({}, {}), Measured({}, {}))
        with pytest.raises(LocalProblem, match="no unit 'product_read'") as problem:
            bill(Retailer(), tariff(bare))
        assert problem.value.remedy == "run: make costs"


class TestComparison:
    def test_a_rise_names_unit_function_and_quantity(self) -> None:
        told = verdict(
            compared(unit(dynamodb__GetItem="1", read_units="2"), unit(dynamodb__GetItem="2", read_units="1"))
        )
        assert "one: catalog/api dynamodb:GetItem 1 → 2" in told
        assert "dearer" in told
        assert "read_units" not in told, "what fell is no reason to hold anybody up beside a rise"

    def test_a_fall_asks_for_the_ledger_to_be_made_anew(self) -> None:
        told = verdict(compared(unit(write_units="3"), unit(write_units="2")))
        assert told.startswith("cheaper than the cost ledger says")
        assert told.endswith("make costs")

    def test_the_same_is_nothing_to_speak_of(self) -> None:
        assert verdict(compared(unit(write_units="3"), unit(write_units="3"))) == ""

    @pytest.mark.parametrize(("now", "told"), [("1010", False), ("1011", True), ("989", True)])
    def test_bytes_may_differ_by_a_hundredth(self, now: str, told: bool) -> None:
        assert bool(verdict(compared(unit(log_bytes="1000"), unit(log_bytes=now)))) is told

    def test_a_new_unit_and_a_function_that_joins_one_count_as_a_rise(self) -> None:
        joined = Unit("a unit", {DOOR: amounts(invocations="1"), "sync/api": amounts(invocations="1")}, {})
        (change,) = compared(unit(invocations="1"), joined)
        assert (change.where, change.rose) == ("sync/api", True)
        (new,) = changes(Measured({}, {}), Measured({"one": unit(invocations="1")}, {}))
        assert new.rose

    def test_bytes_that_stay_are_compared_too(self) -> None:
        (change,) = compared(Unit("u", {}, {"table:sync": Decimal(10)}), Unit("u", {}, {"table:sync": Decimal(20)}))
        assert str(change) == "one: keeps table:sync 10 → 20"


def compared(before: Unit, now: Unit) -> list[object]:
    return list(changes(Measured({"one": before}, {}), Measured({"one": now}, {})))


class TestFiles:
    def test_a_ledger_comes_back_as_it_was_written(self, tmp_path: Path) -> None:
        path = tmp_path / "units.json"
        path.write_bytes(encoded(load()))
        assert load(path) == load()

    @pytest.mark.parametrize(
        ("content", "said"), [(None, "is missing"), (b"{", "is not a cost ledger"), (b"[]", "is not a cost ledger")]
    )
    def test_a_missing_or_broken_ledger_says_how_to_make_one(
        self, tmp_path: Path, content: bytes | None, said: str
    ) -> None:
        path = tmp_path / "units.json"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(LocalProblem, match=said) as problem:
            load(path)
        assert problem.value.remedy == "run: make costs"

    def test_a_document_without_a_place_for_the_tables_is_refused(self) -> None:
        with pytest.raises(ValueError, match="needs the lines"):
            renewed("# What it costs\n", Tariff(load(), prices(), assumptions(), "ca-central-1"))

    def test_what_is_written_around_the_tables_stays(self) -> None:
        text = "before\n<!-- made by `make costs` -->\nold\n<!-- end of what `make costs` makes -->\nafter\n"
        made = renewed(text, Tariff(load(), prices(), assumptions(), "ca-central-1"))
        assert made.startswith("before\n")
        assert made.endswith("\nafter\n")
        assert "old" not in made
        assert "| `product_read` |" in made


class TestCommand:
    def test_it_prints_the_bill_by_context_and_by_service(self) -> None:
        result = runner.invoke(app, ["cost", "--skus", "100000", "--webhooks", "1e6"])
        assert result.exit_code == 0, result.output
        for word in ("USD a month in ca-central-1", "catalog", "DynamoDB", "total", "Mostly:", "docs/costs.md"):
            assert word in result.stdout

    def test_its_json_adds_up(self) -> None:
        found = run("--skus", "100_000")
        assert found["volumes"]["skus"] == 100_000  # type: ignore[index]
        total = Decimal(str(found["total"]))
        for name in ("contexts", "services"):
            parts = found[name]
            assert isinstance(parts, dict)
            assert abs(sum(Decimal(part["total"]) for part in parts.values()) - total) < Decimal("0.01")
        assert Decimal(str(found["fixed"])) + Decimal(str(found["variable"])) - total < Decimal("0.001")

    def test_another_region_has_other_prices(self) -> None:
        assert Decimal(str(run("--region", "us-east-1")["total"])) < Decimal(str(run()["total"]))

    @pytest.mark.parametrize("written", ["1e6", "1000000", "1_000_000", "1,000,000"])
    def test_numbers_are_read_as_people_write_them(self, written: str) -> None:
        assert run("--api-requests", written)["volumes"]["api_requests"] == 1_000_000  # type: ignore[index]

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--skus", "many"], "'many' is no number"),
            (["--skus", "1.5"], "is not a whole number"),
            (["--webhooks", "-1"], "is not between 0 and"),
            (["--webhooks", "nan"], "is not between 0 and"),
            (["--webhooks", "1e99"], "is not between 0 and"),
            (["--variants", "0"], "variants has to be at least 1"),
            (["--shops", "0"], "webhooks come from shops"),
            (["--region", "mars"], "choose one of ca-central-1, us-east-1"),
        ],
    )
    def test_wrong_volumes_end_with_2_and_name_the_remedy(self, arguments: list[str], said: str) -> None:
        result = runner.invoke(app, ["cost", *arguments], env={"COLUMNS": "300", "TERM": "dumb"})
        assert result.exit_code == 2
        assert said in " ".join(result.stderr.replace("│", " ").split())

    def test_no_shop_and_no_webhooks_is_a_retailer_too(self) -> None:
        assert Decimal(str(run("--shops", "0", "--webhooks", "0")["total"])) < Decimal(str(run()["total"]))

    def test_the_regions_that_the_help_names_are_those_that_have_prices(self) -> None:
        shown = runner.invoke(app, ["cost", "--help"], env={"COLUMNS": "300", "TERM": "dumb"}).stdout
        assert all(region in shown for region in regions(prices()))
