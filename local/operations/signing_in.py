"""A person's sign-in at the embedded user pool, to try calls as that person. A real pool takes no password from us."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass

from botocore.exceptions import ClientError

from local.aws import Aws
from local.problems import LocalProblem

_KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_.!")
_LENGTH = 24


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`access_token` goes into `Authorization: Bearer`; good for `seconds`."""

    access_token: str
    seconds: int


def sign_in(aws: Aws, email: str) -> SignedIn:
    """What the person gets by signing in. Their password becomes one that nobody knows: sign in again the same way."""
    if aws.endpoint is None:
        raise LocalProblem(
            "signing in from here works on the local stage only",
            "sign in through your app, or issue a key: skuflow access keys issue",
        )
    outputs, password = aws.outputs("shared"), _password()
    try:
        aws.users.admin_set_user_password(
            UserPoolId=outputs["UserPoolId"], Username=email, Password=password, Permanent=True
        )
        answer = aws.users.initiate_auth(
            ClientId=outputs["UserPoolClientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": password},
        )
    except ClientError as error:
        if error.response["Error"].get("Code") == "UserNotFoundException":
            raise LocalProblem(f"nobody signs in as {email}", "invite them: skuflow access users invite") from None
        raise
    tokens = answer["AuthenticationResult"]
    return SignedIn(tokens["AccessToken"], tokens["ExpiresIn"])


def _password() -> str:
    """Has every kind of character that a pool's policy may ask for."""
    everything = "".join(_KINDS)
    return "".join([*(secrets.choice(kind) for kind in _KINDS), *(secrets.choice(everything) for _ in range(_LENGTH))])
