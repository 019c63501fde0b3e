"""Where people have their passwords: one Cognito user pool per stage. Nobody signs up by themselves; owners and admins invite."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.config import Stage
from infra.constructs.context_stack import ContextStack
from infra.constructs.nag import acknowledge
from infra.constructs.python_function import PythonFunction

OPERATORS = "operator"
"""The group of the platform's staff; the authorizer asks the pool for it."""

_MFA_REASON = "A second factor (TOTP) is each person's choice; a client's rules may demand it of its own people."
_THREATS_REASON = "Threat protection needs the Plus plan, priced per active user; each deployment decides on that."


class UserPool(Construct):
    """The pool `skuflow-<stage>`, its one public app client, and the group of staff. Access tokens live an hour: what somebody may
    do is not in them but in the access table, so that taking it away does not wait for their end."""

    def __init__(self, stack: ContextStack) -> None:
        super().__init__(stack, "user-pool")
        stage = stack.stage
        self._region = stage.region
        self._pool = _pool(self, stage)
        cognito.CfnUserPoolGroup(
            self,
            "Operators",
            user_pool_id=self._pool.user_pool_id,
            group_name=OPERATORS,
            description="Staff of the platform: may act for any client, which is noted",
        )
        self._app = _app(self, self._pool, stage)
        acknowledge(self, "COG2", _MFA_REASON)
        acknowledge(self, "COG3", _THREATS_REASON)
        acknowledge(self, "COG8", _THREATS_REASON)

    @property
    def pool_id(self) -> str:
        return self._pool.user_pool_id

    @property
    def app_id(self) -> str:
        return self._app.user_pool_client_id

    @property
    def issuer(self) -> str:
        """What tokens say of who made them (Amazon Cognito developer guide, "Verifying JSON web tokens")."""
        return f"https://cognito-idp.{self._region}.amazonaws.com/{self.pool_id}"

    def let_invite(self, function: PythonFunction) -> None:
        function.allow("cognito-idp:AdminCreateUser", "cognito-idp:AdminGetUser", on=[self._pool.user_pool_arn])

    def let_look_up_staff(self, function: PythonFunction) -> None:
        function.allow("cognito-idp:AdminListGroupsForUser", on=[self._pool.user_pool_arn])


def _pool(scope: Construct, stage: Stage) -> cognito.UserPool:
    return cognito.UserPool(
        scope,
        "Pool",
        user_pool_name=stage.named(),
        self_sign_up_enabled=False,
        sign_in_aliases=cognito.SignInAliases(email=True),
        sign_in_case_sensitive=False,
        auto_verify=cognito.AutoVerifiedAttrs(email=True),
        # A changed address counts once its owner has proven it: invitations go to whoever holds an address.
        keep_original=cognito.KeepOriginalAttrs(email=True),
        standard_attributes=cognito.StandardAttributes(email=cognito.StandardAttribute(required=True, mutable=True)),
        account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
        mfa=cognito.Mfa.OPTIONAL,
        mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
        password_policy=cognito.PasswordPolicy(
            min_length=12,
            require_lowercase=True,
            require_uppercase=True,
            require_digits=True,
            require_symbols=True,
            temp_password_validity=Duration.days(7),
        ),
        user_invitation=cognito.UserInvitationConfig(
            email_subject="You are invited to Skuflow",
            email_body="You are invited to Skuflow. Sign in as {username} with this password within 7 days: {####}",
        ),
        deletion_protection=stage.production,
        removal_policy=stage.removal_policy,
    )


def _app(scope: Construct, pool: cognito.UserPool, stage: Stage) -> cognito.UserPoolClient:
    return cognito.UserPoolClient(
        scope,
        "App",
        user_pool=pool,
        user_pool_client_name=stage.named("app"),
        # By SRP a password never leaves the browser. Locally there is no browser to do the arithmetic.
        auth_flows=cognito.AuthFlow(user_srp=True, user_password=stage.name == "local"),
        disable_o_auth=True,
        generate_secret=False,
        prevent_user_existence_errors=True,
        enable_token_revocation=True,
        access_token_validity=Duration.hours(1),
        id_token_validity=Duration.hours(1),
        refresh_token_validity=Duration.days(30),
    )
