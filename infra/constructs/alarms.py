"""Alarms: each says what is wrong and what to do, links to its paragraph of the runbook, and goes to the stage's alarm topic."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.config import Stage

LONGEST_PERIOD = 24 * 60
"""Minutes of one period of a CloudWatch alarm at most; a longer time is several periods, together a week at most."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Sounds when the metric is above `above` in `times` of the last `of` periods."""

    above: float
    times: int = 1
    of: int = 1


def sound(
    scope: Construct,
    stage: Stage,
    name: str,
    metric: cloudwatch.IMetric,
    limit: Limit,
    *,
    says: str,
    runbook: str,
) -> None:
    """Create the alarm `skuflow-<stage>-<name>`, explained in docs/runbook.md under the heading whose anchor is `runbook`. No
    data is good news: an idle function has no metrics."""
    alarm = cloudwatch.Alarm(
        scope,
        f"alarm-{name}",
        alarm_name=stage.named(name),
        alarm_description=f"{says} {stage.runbook(runbook)}",
        metric=metric,
        threshold=limit.above,
        datapoints_to_alarm=limit.times,
        evaluation_periods=limit.of,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    _tell(alarm, stage)


@dataclass(frozen=True, slots=True)
class Metrics:
    """The metrics that AWS keeps of one thing, over periods of `minutes`."""

    namespace: str
    dimensions: dict[str, str]
    minutes: int = 5

    def total(self, name: str) -> cloudwatch.Metric:
        return self._of(name, "Sum")

    def highest(self, name: str) -> cloudwatch.Metric:
        return self._of(name, "Maximum")

    def rate(self, part: str, whole: str) -> cloudwatch.MathExpression:
        """`part` in per cent of `whole`; 0 while there is nothing."""
        return cloudwatch.MathExpression(
            expression="IF(whole > 0, 100 * part / whole, 0)",
            using_metrics={"part": self.total(part), "whole": self.total(whole)},
            period=Duration.minutes(self.minutes),
        )

    def _of(self, name: str, statistic: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=self.namespace,
            metric_name=name,
            dimensions_map=self.dimensions,
            statistic=statistic,
            period=Duration.minutes(self.minutes),
        )


def watch_function(scope: Construct, stage: Stage, name: str, *, timeout_seconds: int) -> None:
    """Alarms of the function `skuflow-<stage>-<name>`: error rate, throttles, duration near the timeout."""
    function = Metrics("AWS/Lambda", {"FunctionName": stage.named(name)})
    sound(
        scope,
        stage,
        f"{name}-errors",
        function.rate("Errors", "Invocations"),
        Limit(above=5, times=2, of=3),
        says=f"More than 5 % of the runs of {name} fail. Its log says why; what failed is kept and tried again.",
        runbook="function-errors",
    )
    sound(
        scope,
        stage,
        f"{name}-throttles",
        function.total("Throttles"),
        Limit(above=0, times=3, of=3),
        says=f"Calls of {name} are turned away. Raise its concurrency cap or the account's quota.",
        runbook="function-throttles",
    )
    sound(
        scope,
        stage,
        f"{name}-duration",
        function.highest("Duration"),
        Limit(above=timeout_seconds * 800, times=3, of=3),
        says=f"{name} runs for over 80 % of its {timeout_seconds} s. Find what became slow before it is cut off.",
        runbook="function-duration",
    )


def watch_queue(scope: Construct, stage: Stage, name: str, *, oldest_minutes: int) -> None:
    """Alarm of the queue `skuflow-<stage>-<name>`: its oldest message waits too long."""
    sound(
        scope,
        stage,
        f"{name}-age",
        Metrics("AWS/SQS", {"QueueName": stage.named(name)}).highest("ApproximateAgeOfOldestMessage"),
        Limit(above=oldest_minutes * 60),
        says=f"A message waits in {name} for over {oldest_minutes} min. Its consumer is too slow, capped, or failing.",
        runbook="queue-age",
    )


def watch_dead_letters(scope: Construct, stage: Stage, name: str, *, runbook: str) -> None:
    """Alarm of the queue `skuflow-<stage>-<name>`, in which nothing should ever be."""
    sound(
        scope,
        stage,
        f"{name}-not-empty",
        Metrics("AWS/SQS", {"QueueName": stage.named(name)}, minutes=1).highest("ApproximateNumberOfMessagesVisible"),
        Limit(above=0),
        says=f"Messages were given up and wait in {name}. `skuflow dlq show` them, mend the cause, `skuflow dlq redrive`.",
        runbook=runbook,
    )


def watch_table(scope: Construct, stage: Stage, name: str) -> None:
    """Alarm of the table `skuflow-<stage>-<name>`: it turns requests away, which an on-demand table does when one partition is
    too busy, or when the load doubles within minutes."""
    table = Metrics("AWS/DynamoDB", {"TableName": stage.named(name)})
    sound(
        scope,
        stage,
        f"{name}-table-throttles",
        cloudwatch.MathExpression(
            expression="FILL(reads, 0) + FILL(writes, 0)",
            using_metrics={"reads": table.total("ReadThrottleEvents"), "writes": table.total("WriteThrottleEvents")},
            period=Duration.minutes(table.minutes),
        ),
        Limit(above=0, times=3, of=3),
        says=f"The table {name} turns requests away, and those who ask try again. Look for one partition that is too busy.",
        runbook="table-throttles",
    )


def watch_schedule(scope: Construct, stage: Stage, name: str, *, minutes: int) -> None:
    """Alarm of the function `skuflow-<stage>-<name>`, which runs by the clock: it did not run for `minutes`. Here no data is the
    bad news itself."""
    period = min(minutes, LONGEST_PERIOD)
    alarm = cloudwatch.Alarm(
        scope,
        f"alarm-{name}-silent",
        alarm_name=stage.named(f"{name}-silent"),
        alarm_description=(
            f"{name} has not run for {minutes} min, though its schedule asks for it. {stage.runbook('function-silent')}"
        ),
        metric=Metrics("AWS/Lambda", {"FunctionName": stage.named(name)}, period).total("Invocations"),
        threshold=1,
        evaluation_periods=-(-minutes // period),
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
    )
    _tell(alarm, stage)


def _tell(alarm: cloudwatch.Alarm, stage: Stage) -> None:
    resource = alarm.node.default_child
    assert isinstance(resource, cloudwatch.CfnAlarm)
    resource.alarm_actions = [stage.alarm_topic_arn]
