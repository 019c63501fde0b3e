"""A queue with its dead-letter queue, what fills it, and the function that empties it.

Every consumer has its own pair, so that one that fails holds up nobody else. A message that was received too often, or
that its consumer cannot read, waits in the dead-letter queue and sounds an alarm.
"""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.alarms import watch_dead_letters, watch_queue
from infra.constructs.context_stack import ContextStack
from infra.constructs.nag import acknowledge
from infra.constructs.python_function import PythonFunction

KEPT_DAYS = 14
"""As long as SQS keeps a message at most."""

VISIBILITY_FACTOR = 6
"""A message stays hidden for six times the consumer's timeout, as AWS advises: Lambda may retry a throttled batch."""


def terminal_queue(
    scope: Construct, stack: ContextStack, name: str, *, runbook: str = "dead-letter-queue-not-empty"
) -> sqs.Queue:
    """The queue `skuflow-<stage>-<name>` of things given up: encrypted, kept as long as can be, alarmed when not empty."""
    stack.parts.ends.append(stack.stage.named(name))
    watch_dead_letters(scope, stack.stage, name, runbook=runbook)
    queue = sqs.Queue(
        scope,
        name.rpartition("-")[2],
        queue_name=stack.stage.named(name),
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=Duration.days(KEPT_DAYS),
        removal_policy=stack.stage.removal_policy,
    )
    acknowledge(queue, "SQS3", "The end of the line: people empty it, and an alarm sounds while it is not empty.")
    return queue


class Inbox(Construct):
    """The queues `skuflow-<stage>-<context>-<trigger>` and `…-dlq`, for a function with this timeout."""

    def __init__(
        self,
        stack: ContextStack,
        trigger: str,
        *,
        timeout_seconds: int,
        max_receive_count: int = 5,
        oldest_minutes: int = 30,
    ) -> None:
        name = stack.label(trigger)
        super().__init__(stack, f"{trigger.replace('_', '-')}-inbox")
        self._name = stack.stage.named(name)
        self.dead_letters = terminal_queue(self, stack, f"{name}-dlq")
        self.queue = sqs.Queue(
            self,
            "Queue",
            queue_name=self._name,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(KEPT_DAYS),
            visibility_timeout=Duration.seconds(VISIBILITY_FACTOR * timeout_seconds),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=max_receive_count),
            removal_policy=stack.stage.removal_policy,
        )
        stack.parts.queues.append(self._name)
        watch_queue(self, stack.stage, name, oldest_minutes=oldest_minutes)

    @property
    def url(self) -> str:
        return self.queue.queue_url

    @property
    def environment(self) -> dict[str, str]:
        """What the consumer's settings ask for."""
        return {"DEAD_LETTER_QUEUE_URL": self.dead_letters.queue_url}

    def receive_events(self, bus: events.IEventBus, *, source: str, names: Sequence[str]) -> None:
        """Put the events `names` of `source` into the queue. What the bus cannot deliver goes to the dead-letter queue too."""
        events.Rule(
            self,
            "Rule",
            rule_name=self._name,
            description=f"{', '.join(names)} of {source} for {self._name}",
            event_bus=bus,
            event_pattern=events.EventPattern(source=[source], detail_type=list(names)),
            targets=[targets.SqsQueue(self.queue, dead_letter_queue=self.dead_letters)],
        )

    def accept_from(self, *senders: PythonFunction) -> None:
        """Let `senders` put work into the queue."""
        for sender in senders:
            sender.allow("sqs:SendMessage", on=[self.queue.queue_arn])

    def feed(self, function: PythonFunction, *, batch_size: int, max_concurrency: int) -> None:
        """Hand the messages to `function`: it reports each failed one, and runs at most `max_concurrency` times at once,
        which protects what it writes to."""
        function.allow(
            "sqs:ChangeMessageVisibility",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
            on=[self.queue.queue_arn],
        )
        function.allow("sqs:SendMessage", on=[self.dead_letters.queue_arn])
        lambda_.EventSourceMapping(
            function,
            "Source",
            target=function.function,
            event_source_arn=self.queue.queue_arn,
            batch_size=batch_size,
            max_concurrency=max_concurrency,
            report_batch_item_failures=True,
        )
