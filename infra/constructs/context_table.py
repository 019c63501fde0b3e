"""A context's table: on demand, with a stream for its events, expiry, encryption and recovery to any second of 35 days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.config import Stage
from infra.constructs.alarms import watch_table
from infra.constructs.context_stack import ContextStack
from infra.constructs.python_function import PythonFunction

_KEY_ACTIONS = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index that holds keys alone: what it finds is read from the table."""

    name: str
    partition_key: str
    sort_key: str


class ContextTable(Construct):
    """The table `skuflow-<stage>-<name>` (default name: the context). All keys are texts. The attribute `expiry` holds, in
    epoch seconds, when an item may go. `construct_id` tells tables of one stack apart: the ids of resources are made from it."""

    def __init__(
        self,
        stack: ContextStack,
        *,
        indexes: Sequence[Index] = (),
        name: str | None = None,
        partition_key: str = "pk",
        sort_key: str | None = "sk",
        expiry: str = "expires_at",
        stream: bool = True,
        construct_id: str = "table",
    ) -> None:
        super().__init__(stack, construct_id)
        stage = stack.stage
        self._key = _own_key(self, name or stack.context, stage) if stage.production else None
        self._region = stage.region
        self.table = dynamodb.Table(
            self,
            "Table",
            table_name=stage.named(name or stack.context),
            partition_key=_text(partition_key),
            sort_key=_text(sort_key) if sort_key else None,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute=expiry,
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES if stream else None,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            encryption=(
                dynamodb.TableEncryption.CUSTOMER_MANAGED if self._key else dynamodb.TableEncryption.AWS_MANAGED
            ),
            encryption_key=self._key,
            deletion_protection=stage.production,
            removal_policy=stage.removal_policy,
        )
        for index in indexes:
            self._add(index)
        stack.parts.tables[stage.named(name or stack.context)] = tuple(index.name for index in indexes)
        watch_table(self, stage, name or stack.context)

    @property
    def name(self) -> str:
        return self.table.table_name

    @property
    def stream_arn(self) -> str:
        arn = self.table.table_stream_arn
        if arn is None:
            raise ValueError(f"{self.node.path} has no stream")
        return arn

    def allow(self, function: PythonFunction, *actions: str, indexes: Sequence[str] = ()) -> None:
        """Let `function` do `actions` (`GetItem`, …) on the table, and Query the `indexes`."""
        if actions:
            function.allow(*(f"dynamodb:{action}" for action in actions), on=[self.table.table_arn])
        if indexes:
            function.allow("dynamodb:Query", on=[f"{self.table.table_arn}/index/{index}" for index in indexes])
        self.allow_decryption(function)

    def allow_decryption(self, function: PythonFunction) -> None:
        """Let `function` use the table's key through DynamoDB, where the key is our own."""
        if self._key is not None:
            via = {"StringEquals": {"kms:ViaService": f"dynamodb.{self._region}.amazonaws.com"}}
            function.allow(*_KEY_ACTIONS, on=[self._key.key_arn], conditions=via)

    def _add(self, index: Index) -> None:
        self.table.add_global_secondary_index(
            index_name=index.name,
            partition_key=_text(index.partition_key),
            sort_key=_text(index.sort_key),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )


def _own_key(scope: Construct, name: str, stage: Stage) -> kms.Key:
    return kms.Key(
        scope,
        "Key",
        alias=f"alias/{stage.named(name)}",
        description=f"Encrypts the table {stage.named(name)}",
        enable_key_rotation=True,
        removal_policy=RemovalPolicy.RETAIN,
    )


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
