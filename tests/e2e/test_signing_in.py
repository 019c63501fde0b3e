"""People at the deployed platform: invited, signed in at its user pool, let in by their role."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from typer.testing import CliRunner

from local.cli.main import app
from local.operations import clients
from local.operations.signing_in import sign_in
from local.problems import LocalProblem
from tests.e2e.shop import Platform, Shop

pytestmark = pytest.mark.e2e


def call(shop: Shop, token: str, path: str, client_id: str = "") -> httpx.Response:
    return shop.call("GET", path, key=token, headers={"X-Client-Id": client_id} if client_id else {})


def test_an_owner_signs_in_and_a_viewer_sees_less(platform: Platform, shop: Shop) -> None:
    for role in ("owner", "viewer"):
        clients.invite_user(platform.aws, shop.client_id, email=f"{role}@harbour.example", role=role)
    owner, viewer = (sign_in(platform.aws, f"{role}@harbour.example").access_token for role in ("owner", "viewer"))
    assert call(shop, owner, "/v1/me").json()["client_id"] == shop.client_id
    assert {user["role"] for user in call(shop, owner, "/v1/users").json()["items"]} == {"owner", "viewer"}
    assert call(shop, viewer, "/v1/products").status_code == 200
    assert call(shop, viewer, "/v1/users").status_code == 403
    header, _, signature = viewer.split(".")
    assert call(shop, f"{header}.{owner.split('.')[1]}.{signature}", "/v1/users").status_code == 403
    assert [entry["action"] for entry in call(shop, owner, "/v1/audit-log").json()["items"]].count("user.invited") == 2


def test_who_acts_for_two_clients_names_one(platform: Platform, open_shop: Callable[..., Shop]) -> None:
    one, two, foreign = open_shop("One"), open_shop("Two"), open_shop("Foreign")
    for shop in (one, two):
        clients.invite_user(platform.aws, shop.client_id, email="both@agency.example", role="analyst")
    token = sign_in(platform.aws, "both@agency.example").access_token
    for shop in (one, two, one):
        assert call(one, token, "/v1/client", shop.client_id).json()["client_id"] == shop.client_id
    assert call(one, token, "/v1/client").status_code == 403
    assert call(one, token, "/v1/client", foreign.client_id).status_code == 403


def test_staff_of_the_platform_act_for_any_client_and_that_is_noted(platform: Platform, shop: Shop) -> None:
    pool = platform.aws.outputs("shared")["UserPoolId"]
    email = "staff@skuflow.example"
    platform.aws.users.admin_create_user(
        UserPoolId=pool, Username=email, UserAttributes=[{"Name": "email", "Value": email}]
    )
    platform.aws.users.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName="operator")
    log = call(shop, sign_in(platform.aws, email).access_token, "/v1/audit-log", shop.client_id)
    assert log.json()["items"][0]["action"] == "operator.acted"


def test_the_commands_invite_list_and_give_a_token(platform: Platform, shop: Shop) -> None:
    def run(*arguments: str) -> str:
        done = CliRunner().invoke(app, ["access", "users", *arguments, "--instance", platform.instance.name])
        assert done.exit_code == 0, done.output
        return done.stdout

    assert "is admin of" in run("invite", "kim@maple.example", "--role", "admin", "--client", shop.client_id)
    assert "kim@maple.example" in run("list", "--client", shop.client_id)
    token = run("sign-in", "kim@maple.example").strip()
    assert call(shop, token, "/v1/users").status_code == 200


def test_nobody_signs_in_who_was_not_invited(platform: Platform) -> None:
    with pytest.raises(LocalProblem, match="nobody signs in as stranger"):
        sign_in(platform.aws, "stranger@nowhere.example")
