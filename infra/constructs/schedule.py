"""A function that runs by the clock."""

from __future__ import annotations

import json

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.constructs.alarms import watch_schedule
from infra.constructs.context_stack import ContextStack
from infra.constructs.python_function import PythonFunction

MISSED_RUNS = 3
SHORTEST_SILENCE = 15
"""An alarm sounds when that many runs in a row were missed, after that many minutes at the least."""
LONGEST_WAIT = 6 * 3600
"""Seconds that Lambda keeps a start that could not be made yet, at most."""

INPUT = json.dumps({"trigger": "schedule"})


class Schedule(Construct):
    """Run `function` at `rate` (`rate(…)` or `cron(…)`, in UTC). A run that fails or comes late is not repeated: the next
    one does its work."""

    def __init__(
        self, stack: ContextStack, trigger: str, function: PythonFunction, *, rate: str, period: Duration
    ) -> None:
        super().__init__(stack, f"{trigger.replace('_', '-')}-schedule")
        role = iam.Role(
            self,
            "Role",
            description=f"Starts {function.name}",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": stack.stage.account}}
            ),
        )
        role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.arn]))
        scheduler.CfnSchedule(
            self,
            "Schedule",
            name=function.name,
            description=f"Starts {function.name}",
            schedule_expression=rate,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.arn,
                role_arn=role.role_arn,
                input=INPUT,
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_retry_attempts=0, maximum_event_age_in_seconds=60
                ),
            ),
        )
        missed = max(MISSED_RUNS * int(period.to_seconds()) // 60, SHORTEST_SILENCE)
        watch_schedule(self, stack.stage, stack.label(trigger), minutes=missed)
        waits = Duration.seconds(min(int(period.to_seconds()), LONGEST_WAIT))
        lambda_.EventInvokeConfig(self, "Once", function=function.function, retry_attempts=0, max_event_age=waits)
