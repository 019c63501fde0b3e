"""A function that reads a table's stream, in order.

A transient failure raises and the whole batch comes again, for as long as the stream keeps it: skipping a change would lose
an event. What cannot be translated at all goes to the rejects queue with its reason, so that it blocks nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.alarms import Limit, Metrics, sound
from infra.constructs.context_stack import ContextStack
from infra.constructs.context_table import ContextTable
from infra.constructs.event_consumer import terminal_queue
from infra.constructs.python_function import PythonFunction

GIVE_UP_HOURS = 23
"""DynamoDB drops a record after 24 hours. An hour before, the place of a batch that never went through is noted in the
dead-letter queue: a loss that leaves a trace."""

BATCH_SIZE = 100
LISTING_REASON = "ListStreams belongs to no resource; Lambda needs it to poll the stream."


class StreamReader(Construct):
    """The queues `…-dlq` (places of batches given up) and `…-rejects` (untranslatable records) of the function `trigger`."""

    def __init__(self, stack: ContextStack, trigger: str) -> None:
        super().__init__(stack, f"{trigger.replace('_', '-')}-reader")
        self._stage = stack.stage
        self._name = stack.label(trigger)
        self.given_up = terminal_queue(self, stack, f"{self._name}-dlq", runbook="stream-records-given-up")
        self.rejects = terminal_queue(self, stack, f"{self._name}-rejects", runbook="stream-records-rejected")

    @property
    def environment(self) -> dict[str, str]:
        """What the function's settings ask for."""
        return {"REJECTS_QUEUE_URL": self.rejects.queue_url}

    def feed(self, function: PythonFunction, table: ContextTable, *, only: Sequence[Mapping[str, Any]]) -> None:
        """Hand those of `table`'s changes to `function`, oldest first, that match one of the patterns `only` (at most five, in
        the language of event filters): nobody is woken, and nothing is paid, for the others."""
        function.allow(
            "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", on=[table.stream_arn]
        )
        function.allow("dynamodb:ListStreams", on=["*"], because=LISTING_REASON)
        function.allow("sqs:SendMessage", on=[self.rejects.queue_arn, self.given_up.queue_arn])
        table.allow_decryption(function)
        mapping = lambda_.EventSourceMapping(
            function,
            "Source",
            target=function.function,
            event_source_arn=table.stream_arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=BATCH_SIZE,
            bisect_batch_on_error=False,
            max_record_age=Duration.hours(GIVE_UP_HOURS),
            filters=[lambda_.FilterCriteria.filter(dict(pattern)) for pattern in only],
        )
        self._on_failure(mapping)
        function.parts.readers.append(function.name)
        self._watch_lag(function)

    def _on_failure(self, mapping: lambda_.EventSourceMapping) -> None:
        resource = mapping.node.default_child
        assert isinstance(resource, lambda_.CfnEventSourceMapping)
        resource.maximum_retry_attempts = -1
        resource.destination_config = lambda_.CfnEventSourceMapping.DestinationConfigProperty(
            on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(destination=self.given_up.queue_arn)
        )

    def _watch_lag(self, function: PythonFunction) -> None:
        sound(
            self,
            self._stage,
            f"{self._name}-lag",
            Metrics("AWS/Lambda", {"FunctionName": function.name}).highest("IteratorAge"),
            Limit(above=5 * 60 * 1000),
            says=f"{self._name} is over 5 min behind its table. Its log says why; {GIVE_UP_HOURS} h are left to mend it.",
            runbook="stream-lag",
        )
