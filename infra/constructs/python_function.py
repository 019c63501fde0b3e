"""A Lambda function as all of ours are: arm64, JSON logs that expire, traced, a role of its own that names what it may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import Stage
from infra.constructs.alarms import watch_function
from infra.constructs.context_stack import ContextStack
from infra.constructs.nag import acknowledge

TRACING_REASON = "Trace segments belong to no resource; X-Ray knows no narrower grant."


class PythonFunction(Construct):
    """functions/<context>/<trigger>, deployed as `skuflow-<stage>-<context>-<trigger>`.

    Synthesis fails here when the folder is missing, or when the environment lacks a variable that the function's settings
    ask for. `environment` comes on top of what every function has. `calls_itself`: the function continues its own work
    through a queue, which Lambda would otherwise take for a runaway loop and stop after 16 rounds.
    """

    def __init__(
        self,
        stack: ContextStack,
        trigger: str,
        *,
        purpose: str,
        environment: Mapping[str, str],
        memory_mb: int,
        timeout_seconds: int,
        layers: Sequence[str] = (),
        reserved_concurrency: int | None = None,
        calls_itself: bool = False,
    ) -> None:
        super().__init__(stack, trigger.replace("_", "-"))
        self.name = stack.stage.named(stack.label(trigger))
        self._role = _role(self, self.name)
        package = stack.site.packages.function(stack.context, trigger)
        group = _log_group(self, self.name, stack.stage)
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=self.name,
            description=purpose,
            handler=f"functions.{stack.context}.{trigger}.handler.lambda_handler",
            code=lambda_.Code.from_asset(str(package.archive), asset_hash=package.digest),
            layers=[stack.layer(name) for name in ("layer-core", *layers, f"domain-{stack.context}")],
            environment=_complete(stack.context, trigger, {**_everywhere(stack), **environment}),
            role=self._role,
            log_group=group,
            memory_size=memory_mb,
            timeout=Duration.seconds(timeout_seconds),
            reserved_concurrent_executions=reserved_concurrency,
            recursive_loop=lambda_.RecursiveLoop.ALLOW if calls_itself else lambda_.RecursiveLoop.TERMINATE,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            tracing=lambda_.Tracing.ACTIVE,
            logging_format=lambda_.LoggingFormat.JSON,
        )
        self._let_tell(group)
        self._be_watched(stack, stack.label(trigger), timeout_seconds)

    @property
    def arn(self) -> str:
        return self.function.function_arn

    def allow(
        self, *actions: str, on: Sequence[str], because: str = "", conditions: Mapping[str, object] | None = None
    ) -> None:
        """Grant `actions` on the ARNs `on`. An ARN with a wildcard needs `because`: why AWS has nothing narrower."""
        for resource in on:
            if "*" not in resource:
                continue
            if not because:
                raise ValueError(f"{self.name}: say why {resource} has to be a wildcard")
            self._acknowledge(resource, because)
        self._role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=list(on), conditions=conditions))

    def _be_watched(self, stack: ContextStack, label: str, timeout_seconds: int) -> None:
        """Dashboards go by `parts`, which hold this function too from now on."""
        self.parts = stack.parts
        self.parts.functions.append(self.name)
        watch_function(self, stack.stage, label, timeout_seconds=timeout_seconds)

    def _let_tell(self, group: logs.LogGroup) -> None:
        """Logs go to the function's own group; the traces' grant is CDK's."""
        self.allow("logs:CreateLogStream", "logs:PutLogEvents", on=[group.log_group_arn])
        self._acknowledge("*", TRACING_REASON)

    def _acknowledge(self, resource: str, reason: str) -> None:
        acknowledge(self, f"IAM5[Resource::{resource}]", reason)


def _everywhere(stack: ContextStack) -> dict[str, str]:
    """What every function's environment holds."""
    return {
        "SKUFLOW_STAGE": stack.stage.name,
        "POWERTOOLS_SERVICE_NAME": stack.context,
        "POWERTOOLS_METRICS_NAMESPACE": stack.stage.metrics,
        "LOG_LEVEL": "INFO",
    }


def _complete(context: str, trigger: str, variables: dict[str, str]) -> dict[str, str]:
    """`variables`, if they are all that the function's settings ask for; else raises ValueError. A context without wiring
    asks for nothing."""
    from skuflow.platform.settings import names

    wiring = f"skuflow.{context}.wiring"
    if find_spec(wiring) is None:
        return variables
    settings = import_module(wiring).SETTINGS.get(trigger)
    if settings is None:
        raise ValueError(f"{wiring}.SETTINGS has no {trigger!r}, which infra/{context}/{trigger}.py deploys")
    missing = [name for name in names(settings) if name not in variables]
    if missing:
        raise ValueError(
            f"infra/{context}/{trigger}.py does not set {', '.join(missing)}, which {settings.__qualname__} of "
            f"skuflow.{context}.settings asks for"
        )
    return variables


def _role(scope: Construct, name: str) -> iam.Role:
    return iam.Role(
        scope,
        "Role",
        description=f"What {name} may do",
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
    )


def _log_group(scope: Construct, name: str, stage: Stage) -> logs.LogGroup:
    return logs.LogGroup(
        scope,
        "Logs",
        log_group_name=f"/aws/lambda/{name}",
        retention=stage.log_retention,
        removal_policy=stage.removal_policy,
    )
