"""Feature flags: flags.json beside this file, in the format that Powertools evaluates, served by AppConfig.

Editing the file and deploying changes a flag for good; an operator may also deploy another version of the profile by hand,
for minutes or for some clients.
"""

from __future__ import annotations

from pathlib import Path

from aws_cdk import aws_appconfig as appconfig
from constructs import Construct

from infra.constructs.context_stack import ContextStack
from infra.constructs.python_function import PythonFunction

FLAGS = Path(__file__).with_name("flags.json")


class FeatureFlags(Construct):
    """The profile `flags` of the application `skuflow-<stage>`, deployed at once."""

    def __init__(self, stack: ContextStack) -> None:
        super().__init__(stack, "feature-flags")
        stage = stack.stage
        self._application = appconfig.CfnApplication(self, "Application", name=stage.named()).ref
        environment = appconfig.CfnEnvironment(
            self, "Environment", application_id=self._application, name=stage.name
        ).ref
        profile = appconfig.CfnConfigurationProfile(
            self,
            "Profile",
            application_id=self._application,
            name="flags",
            location_uri="hosted",
            type="AWS.Freeform",
        ).ref
        self._deploy(environment, profile, strategy_name=stage.named("at-once"))
        self.environment = {
            "FLAGS_APPLICATION": self._application,
            "FLAGS_ENVIRONMENT": environment,
            "FLAGS_PROFILE": profile,
        }
        self._arn = stage.arn(
            "appconfig", f"application/{self._application}/environment/{environment}/configuration/{profile}"
        )

    def let_read(self, function: PythonFunction) -> None:
        """Let `function` fetch the flags; it needs `environment` too."""
        function.allow("appconfig:GetLatestConfiguration", "appconfig:StartConfigurationSession", on=[self._arn])

    def _deploy(self, environment: str, profile: str, *, strategy_name: str) -> None:
        version = appconfig.CfnHostedConfigurationVersion(
            self,
            "Version",
            application_id=self._application,
            configuration_profile_id=profile,
            content=FLAGS.read_text(encoding="utf-8"),
            content_type="application/json",
        )
        strategy = appconfig.CfnDeploymentStrategy(
            self,
            "AtOnce",
            name=strategy_name,
            deployment_duration_in_minutes=0,
            final_bake_time_in_minutes=0,
            growth_factor=100,
            replicate_to="NONE",
        )
        appconfig.CfnDeployment(
            self,
            "Deployment",
            application_id=self._application,
            environment_id=environment,
            configuration_profile_id=profile,
            configuration_version=version.ref,
            deployment_strategy_id=strategy.ref,
        )
