"""The user pool: Amazon Cognito, where people have their passwords. We keep none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from skuflow.access.people import is_user_id
from skuflow.access.roles import OPERATOR
from skuflow.kernel.errors import Invalid, Misconfigured, Problem, SkuflowError, Throttled, TransientError

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

_BUSY = frozenset({"TooManyRequestsException", "LimitExceededException", "ThrottlingException"})
_MAX_GROUPS = 60


class People(Protocol):
    """Who can sign in."""

    def invite(self, email: str) -> str:
        """The id (`sub`) of the person with this address. One who is not known is made, and mailed a temporary password. May be
        repeated. Raises Invalid if the pool does not take the address, or TransientError."""
        ...

    def is_operator(self, user_id: str) -> bool:
        """Whether the person is staff of the platform now. Raises TransientError."""
        ...


@dataclass(frozen=True, slots=True)
class CognitoPeople:
    """`client` is made by the first use: few requests need it."""

    client: Callable[[], CognitoIdentityProviderClient]
    pool: str

    def invite(self, email: str) -> str:
        return self._known(email) or self._made(email)

    def is_operator(self, user_id: str) -> bool:
        try:
            found = self.client().admin_list_groups_for_user(UserPoolId=self.pool, Username=user_id, Limit=_MAX_GROUPS)
        except (ClientError, BotoCoreError) as error:
            if _code(error) == "UserNotFoundException":
                return False
            raise _ours(error) from error
        return any(group.get("GroupName") == OPERATOR for group in found["Groups"])

    def _known(self, email: str) -> str | None:
        try:
            found = self.client().admin_get_user(UserPoolId=self.pool, Username=email)
        except (ClientError, BotoCoreError) as error:
            if _code(error) == "UserNotFoundException":
                return None
            raise _ours(error) from error
        return _sub(found["UserAttributes"])

    def _made(self, email: str) -> str:
        """The temporary password goes to that address alone, so whoever signs in with it has proven to read there."""
        try:
            made = self.client().admin_create_user(
                UserPoolId=self.pool,
                Username=email,
                UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
                DesiredDeliveryMediums=["EMAIL"],
            )
        except (ClientError, BotoCoreError) as error:
            known = self._known(email) if _code(error) == "UsernameExistsException" else None
            if known is None:
                raise _ours(error) from error
            return known
        return _sub(made["User"]["Attributes"])


def _sub(attributes: Any) -> str:
    user_id = str(next((each["Value"] for each in attributes if each["Name"] == "sub"), ""))
    if not is_user_id(user_id):
        raise TransientError("the user pool told no `sub`")
    return user_id


def _code(error: Exception) -> str:
    return str(error.response["Error"].get("Code")) if isinstance(error, ClientError) else type(error).__name__


def _ours(error: Exception) -> SkuflowError:
    """`error` in our tree; never with its text, which may hold the address."""
    code = _code(error)
    if code in _BUSY:
        return Throttled(f"the user pool is busy ({code})", retry_after=5)
    if code == "InvalidParameterException":
        fault = Problem("email", "is refused by the user pool", "use an ordinary e-mail address")
        return Invalid("the e-mail address is not valid", problems=[fault])
    if code in {"ResourceNotFoundException", "AccessDeniedException"}:
        fault = Problem("USER_POOL_ID", "names no pool that this function may use", "set it to the stage's user pool")
        return Misconfigured(f"the user pool cannot be used ({code})", problems=[fault])
    return TransientError(f"the user pool did not answer ({code})")
