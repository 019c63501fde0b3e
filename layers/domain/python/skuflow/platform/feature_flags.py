"""Feature flags: AppConfig holds them, Powertools evaluates them, a missing or broken configuration means the default."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client
from skuflow.platform.observability import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.feature_flags import FeatureFlags

KEPT_SECONDS = 60


@dataclass(frozen=True)
class Flags:
    """The three names of an AppConfig profile. A flag may be turned on for some clients by a rule on `client_id`.

    Powertools' feature flags bring boto3 with them, so they are imported when the first flag is asked for.
    """

    application: str
    environment: str
    profile: str

    def is_on(self, client_id: ClientId, name: str, *, default: bool) -> bool:
        """Whether `name` is on for the client. Falls back to `default`: a flag must never stop the work it steers."""
        from aws_lambda_powertools.utilities.feature_flags import exceptions

        try:
            return bool(self._flags.evaluate(name=name, context={"client_id": client_id}, default=default))
        except (
            exceptions.ConfigurationStoreError,
            exceptions.StoreClientError,
            exceptions.SchemaValidationError,
        ) as error:
            logger().warning("feature flags are unavailable", extra={"flag": name, "reason": str(error)})
            return default

    @cached_property
    def _flags(self) -> FeatureFlags:
        from aws_lambda_powertools.utilities.feature_flags import AppConfigStore, FeatureFlags

        store = AppConfigStore(
            environment=self.environment,
            application=self.application,
            name=self.profile,
            max_age=KEPT_SECONDS,
            boto3_client=client("appconfigdata"),
        )
        return FeatureFlags(store=store)
