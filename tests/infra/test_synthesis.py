"""What may be chosen, and how synthesis says no."""

from __future__ import annotations

from pathlib import Path

import pytest
from aws_cdk import App

from infra.config import LOCAL_ACCOUNT, Stage, stage_of
from infra.constructs.context_stack import ContextStack, Packages, Site
from infra.constructs.http_api import routes_of
from infra.constructs.python_function import PythonFunction
from infra.packaging.layout import Layout

ACCOUNT = "123456789012"


def stack(tmp_path: Path, context: str, packages: Packages | None = None) -> ContextStack:
    app = App(outdir=str(tmp_path / "out"), analytics_reporting=False)
    return ContextStack(Site(app, Stage("test", "ca", ACCOUNT), packages or Packages(for_lambda=False)), context)


def test_residency_decides_the_region_and_defaults_to_canada() -> None:
    environ = {"CDK_DEFAULT_ACCOUNT": ACCOUNT}
    assert stage_of({"stage": "test"}, environ).region == "ca-central-1"
    assert stage_of({"stage": "test", "residency": "in"}, environ).region == "ap-south-1"


def test_the_region_of_the_environment_is_not_asked() -> None:
    stage = stage_of({"stage": "test"}, {"CDK_DEFAULT_ACCOUNT": ACCOUNT, "CDK_DEFAULT_REGION": "us-west-2"})
    assert stage.region == "ca-central-1"


def test_the_local_stage_needs_no_account() -> None:
    assert stage_of({"stage": "local"}, {}).account == LOCAL_ACCOUNT


@pytest.mark.parametrize("name", ["prod", "prod-eu"])
def test_stages_called_prod_are_production(name: str) -> None:
    assert Stage(name, "eu", ACCOUNT).production


@pytest.mark.parametrize("name", ["production", "test", "preprod", "local"])
def test_other_stages_are_not_production(name: str) -> None:
    assert not Stage(name, "eu", ACCOUNT).production


@pytest.mark.parametrize(
    ("context", "environ", "remedy"),
    [
        ({}, {}, "-c stage="),
        ({"stage": "test"}, {}, "CDK_DEFAULT_ACCOUNT"),
        ({"stage": "Test"}, {"CDK_DEFAULT_ACCOUNT": ACCOUNT}, "a-z"),
        ({"stage": "a-name-that-is-too-long"}, {"CDK_DEFAULT_ACCOUNT": ACCOUNT}, "16"),
        ({"stage": "test", "residency": "moon"}, {"CDK_DEFAULT_ACCOUNT": ACCOUNT}, "ca, us, eu, in"),
    ],
)
def test_a_choice_that_cannot_be_deployed_names_its_remedy(
    context: dict[str, str], environ: dict[str, str], remedy: str
) -> None:
    with pytest.raises(ValueError, match=remedy):
        stage_of(context, environ)


def test_names_are_short_enough_for_the_longest_stage() -> None:
    stage = Stage("x" * 16, "ca", ACCOUNT)
    assert len(stage.named("catalog", "release_expired_reservations")) <= 64
    assert len(stage.upload_bucket) <= 63


def test_a_function_without_its_folder_fails_by_name(tmp_path: Path) -> None:
    here = stack(tmp_path, "sync", Packages(for_lambda=False, layout=Layout(tmp_path)))
    with pytest.raises(
        FileNotFoundError, match=r"functions/sync/read_import/handler\.py is missing: infra/sync/read_import"
    ):
        PythonFunction(here, "read_import", purpose="", environment={}, memory_mb=512, timeout_seconds=10)


def test_a_setting_that_infrastructure_forgot_fails_by_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"infra/sync/read_import\.py does not set .*SYNC_TABLE"):
        PythonFunction(
            stack(tmp_path, "sync"), "read_import", purpose="", environment={}, memory_mb=512, timeout_seconds=10
        )


def test_a_wildcard_without_a_reason_is_refused(tmp_path: Path) -> None:
    function = PythonFunction(
        stack(tmp_path, "platform"),
        "api_reference",
        purpose="",
        environment={},
        memory_mb=512,
        timeout_seconds=10,
    )
    with pytest.raises(ValueError, match="say why"):
        function.allow("s3:GetObject", on=["arn:aws:s3:::anything/*"])


def test_an_api_without_routes_is_refused() -> None:
    with pytest.raises(ValueError, match="has no ROUTES"):
        routes_of("sync", "read_import")
