"""The user pool: nobody signs up, passwords are long and never sent, and only who must may touch it."""

from __future__ import annotations

from typing import Any

from tests.architecture.repository import doors
from tests.infra.conftest import Synthesise
from tests.infra.templates import Assembly, Resource


def one(assembly: Assembly, kind: str) -> Resource:
    (found,) = assembly.all(f"AWS::Cognito::{kind}")
    return found


def variables(assembly: Assembly, door: str) -> dict[str, Any]:
    return dict(assembly.environment(assembly.functions[door]))


def test_people_are_invited_and_do_not_sign_up(staging: Assembly) -> None:
    pool = one(staging, "UserPool").properties
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool["UsernameAttributes"] == ["email"]
    assert pool["UsernameConfiguration"] == {"CaseSensitive": False}


def test_an_address_counts_when_it_is_proven_also_a_new_one(staging: Assembly) -> None:
    pool = one(staging, "UserPool").properties
    assert pool["AutoVerifiedAttributes"] == ["email"]
    assert pool["UserAttributeUpdateSettings"] == {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    assert pool["AccountRecoverySetting"]["RecoveryMechanisms"] == [{"Name": "verified_email", "Priority": 1}]


def test_passwords_are_long_and_a_second_factor_is_there_for_who_wants_it(staging: Assembly) -> None:
    pool = one(staging, "UserPool").properties
    policy = pool["Policies"]["PasswordPolicy"]
    assert policy["MinimumLength"] >= 12
    assert all(policy[f"Require{kind}"] for kind in ("Lowercase", "Uppercase", "Numbers", "Symbols"))
    assert (pool["MfaConfiguration"], pool["EnabledMfas"]) == ("OPTIONAL", ["SOFTWARE_TOKEN_MFA"])


def test_passwords_leave_a_browser_by_srp_alone_but_on_the_local_stage(
    staging: Assembly, production: Assembly, synthesise: Synthesise
) -> None:
    for assembly in (staging, production):
        flows = one(assembly, "UserPoolClient").properties["ExplicitAuthFlows"]
        assert set(flows) == {"ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}
    local = one(synthesise("local", "ca"), "UserPoolClient").properties
    assert "ALLOW_USER_PASSWORD_AUTH" in local["ExplicitAuthFlows"]


def test_the_app_has_no_secret_tells_nobody_who_there_is_and_can_revoke(staging: Assembly) -> None:
    app = one(staging, "UserPoolClient").properties
    assert app.get("GenerateSecret", False) is False
    assert app["PreventUserExistenceErrors"] == "ENABLED"
    assert app["EnableTokenRevocation"] is True
    assert app["AllowedOAuthFlowsUserPoolClient"] is False
    assert (app["AccessTokenValidity"], app["TokenValidityUnits"]["AccessToken"]) == (60, "minutes")


def test_staff_are_a_group(staging: Assembly) -> None:
    assert one(staging, "UserPoolGroup").properties["GroupName"] == "operator"


def test_production_keeps_the_pool_and_lets_nobody_delete_it(staging: Assembly, production: Assembly) -> None:
    assert one(production, "UserPool").retained
    assert one(production, "UserPool").properties["DeletionProtection"] == "ACTIVE"
    assert not one(staging, "UserPool").retained


def test_the_authorizer_believes_this_pool_and_this_app_and_no_stand_in(staging: Assembly) -> None:
    given = variables(staging, "access/authorizer")
    stack = staging.functions["access/authorizer"].stack
    pool, app = one(staging, "UserPool"), one(staging, "UserPoolClient")
    issuer = staging.text(stack, given["TOKEN_ISSUER"])
    assert issuer == f"https://cognito-idp.ca-central-1.amazonaws.com/<{pool.logical_id}>"
    assert staging.target(stack, given["TOKEN_APP"]) == app
    assert not {"JWKS_URL", "OUTBOUND_ALLOW_LOOPBACK"} & set(given)


def test_who_may_do_what_with_the_pool(staging: Assembly) -> None:
    found: dict[str, set[str]] = {}
    for context, trigger in doors():
        door = f"{context}/{trigger}"
        for statement in staging.statements(staging.role_of(staging.functions[door])):
            found.setdefault(door, set()).update(a for a in statement.actions if a.startswith("cognito-idp:"))
    invite = {"cognito-idp:AdminCreateUser", "cognito-idp:AdminGetUser"}
    assert {door: actions for door, actions in found.items() if actions} == {
        "access/api": invite,
        "access/administer": invite,
        "access/authorizer": {"cognito-idp:AdminListGroupsForUser"},
    }


def test_what_an_app_needs_to_sign_people_in_are_outputs(staging: Assembly) -> None:
    assert {"UserPoolId", "UserPoolClientId"} <= set(staging.templates["skuflow-test-shared"]["Outputs"])
