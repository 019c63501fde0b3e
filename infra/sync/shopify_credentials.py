"""What it takes to act as our Shopify app: the app's id and secret, and the key that the shops' tokens are encrypted with.

Both secrets are made without a value. Whoever runs the platform sets them (`skuflow sync shopify-app`); until then,
functions that need them say so. Setting them again keeps the version before, which is accepted while Shopify changes over.
"""

from __future__ import annotations

from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.context_stack import ContextStack
from infra.constructs.nag import acknowledge
from infra.constructs.python_function import PythonFunction
from infra.shared.stack import SharedStack

_ROTATION_REASON = (
    "Shopify makes these values: they are rotated in its dashboard, and set here afterwards by an operator."
)


class ShopifyCredentials(Construct):
    """The secrets `skuflow/<stage>/shopify/client-id` and `…/client-secret`, and the key `alias/skuflow-<stage>-tokens`."""

    def __init__(self, stack: ContextStack) -> None:
        super().__init__(stack, "shopify")
        stage = stack.stage
        self._prefix = f"skuflow/{stage.name}/shopify"
        self._client_id = self._secret(stack, "client-id", "The id of our app at Shopify")
        self._client_secret = self._secret(stack, "client-secret", "The secret of our app at Shopify")
        self._alias = f"alias/{stage.named('tokens')}"
        self._key = kms.Key(
            self,
            "TokenKey",
            alias=self._alias,
            description=f"Encrypts the access tokens of shops, stage {stage.name}",
            enable_key_rotation=True,
            removal_policy=stage.removal_policy,
        )

    @property
    def signing_environment(self) -> dict[str, str]:
        """What a function needs to check Shopify's signatures."""
        return {"SHOPIFY_CLIENT_SECRET_SECRET": self._name("client-secret")}

    def environment(self, shared: SharedStack) -> dict[str, str]:
        """What a function needs to call shops, or to connect them."""
        return {
            "OUTBOUND_TABLE": shared.outbound.name,
            "SHOPIFY_CLIENT_ID_SECRET": self._name("client-id"),
            "TOKEN_KEY": self._alias,
            "PUBLIC_URL": shared.api.url,
            **self.signing_environment,
        }

    def let_verify(self, function: PythonFunction) -> None:
        """Let `function` read the app's secret."""
        function.allow("secretsmanager:GetSecretValue", on=[self._client_secret.ref])

    def let_call(self, function: PythonFunction, shared: SharedStack) -> None:
        """Let `function` call shops: as our app, with tokens of a shop that it can name, within circuits and rates."""
        self.let_verify(function)
        function.allow("secretsmanager:GetSecretValue", on=[self._client_id.ref])
        function.allow("kms:Decrypt", "kms:Encrypt", on=[self._key.key_arn], conditions=_OF_ONE_SHOP)
        shared.outbound.allow(function, "GetItem", "UpdateItem")

    def _secret(self, stack: ContextStack, part: str, description: str) -> secretsmanager.CfnSecret:
        secret = secretsmanager.CfnSecret(self, part, name=self._name(part), description=description)
        secret.apply_removal_policy(stack.stage.removal_policy)
        acknowledge(secret, "SMG4", _ROTATION_REASON)
        return secret

    def _name(self, part: str) -> str:
        return f"{self._prefix}/{part}"


_OF_ONE_SHOP = {
    "ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["client_id", "shop"]},
    "Null": {"kms:EncryptionContext:client_id": "false", "kms:EncryptionContext:shop": "false"},
}
"""A token is encrypted together with whose it is, and does not decrypt as anybody else's."""
