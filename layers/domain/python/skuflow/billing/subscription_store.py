"""Where subscriptions are kept. Every write is conditional on the version that was read.

A subscription is written in one transaction with its history and with what it entitles to. The item that says what a subject is
entitled to of a product names the subscription, and is there once: it is what makes a second active one impossible.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from skuflow.billing.due import due_keys
from skuflow.billing.store import BillingItem, entitled_pk, subscription_pk, subscriptions_of_pk, subscriptions_pk
from skuflow.billing.subscriptions import Act, Entitled, Subscription
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import NotFound, VersionConflict
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.rows import listed, row_at, unchanged_since
from skuflow.platform.table import as_ours, connection_of, lost_race

Position = dict[str, Any]
Write = tuple[BillingItem, Condition | None]
_SUBSCRIPTION, _ENTITLED, _HISTORY, _OWN = "SUBSCRIPTION", "ENTITLED", "HIST#", "SUB#"


@dataclass(frozen=True, slots=True)
class Change:
    """`after` instead of `before` (None: it is new). `entitled`: what it entitles to, if that has to be written, too."""

    before: Subscription | None
    after: Subscription
    entitled: Entitled | None = None


class DynamoSubscriptions:
    """Subscriptions in the billing table. Every method may raise TransientError."""

    def __init__(self, table: type[BillingItem]) -> None:
        self._table = table

    def get(self, client_id: ClientId, subscription_id: str) -> Subscription:
        """The subscription as it is now, strongly consistent. Raises NotFound."""
        found = row_at(self._table, *subscription_key(client_id, subscription_id))
        if found is None:
            raise NotFound(f"there is no subscription {subscription_id}")
        return subscription_in(found)

    def save(self, client_id: ClientId, changed: Change) -> Subscription:
        """Write a subscription over the version it was read at; as stored. Raises VersionConflict."""
        self._write(changed_writes(self._table, client_id, changed), f"the subscription {_name(changed)}")
        return stored(changed)

    def start(self, client_id: ClientId, new: Change, follows: str, ended: Sequence[Change]) -> Subscription:
        """Write a new subscription, and in one with it what `ended` says of those before. `follows`: the subject's latest one to
        that product, "" if it never had any. Raises VersionConflict if that is no longer so."""
        self._write(self.start_writes(client_id, new, follows, ended), f"what {new.after.subject} has")
        return stored(new)

    def start_writes(self, client_id: ClientId, new: Change, follows: str, ended: Sequence[Change]) -> list[Write]:
        """What `start` writes, for a transaction with more in it."""
        table, item = self._table, new.after
        writes = [*changed_writes(table, client_id, replace(new, entitled=None)), self._own(client_id, item)]
        for one in ended:
            writes += changed_writes(table, client_id, replace(one, entitled=None))
        if new.entitled is not None:
            still = table.owner == follows if follows else table.pk.does_not_exist()
            writes.append((entitled_row(table, client_id, replace(new.entitled, version=1)), still))
        return writes

    def entitled(self, client_id: ClientId, subject: str, product: str, *, exactly: bool) -> Entitled | None:
        """What is known of `subject` and `product`; None if it never subscribed. `exactly`: strongly consistent."""
        pk = entitled_pk(client_id, subject, product)
        if exactly:
            row = row_at(self._table, pk, _ENTITLED)
        else:
            try:
                row = self._table.get(pk, _ENTITLED)
            except self._table.DoesNotExist:
                row = None
            except PynamoDBException as error:
                raise as_ours(error) from error
        return unpacked(Entitled, row.doc, row.doc_z) if row is not None else None

    def page(
        self, client_id: ClientId, limit: int, position: Position | None
    ) -> tuple[Sequence[Subscription], Position | None]:
        """At most `limit` subscriptions, newest first, and where the next page begins."""
        start = None
        if position is not None:
            pk, sk = subscription_key(client_id, str(position["id"]))
            start = {"listing_sk": f"{position['at']}#{position['id']}", "pk": pk, "sk": sk}
        rows, last = listed(self._table, subscriptions_pk(client_id), limit, start, newest_first=True)
        return [subscription_in(row) for row in rows], _place(last) if last else None

    def page_of(
        self, client_id: ClientId, subject: str, limit: int, position: Position | None
    ) -> tuple[Sequence[Subscription], Position | None]:
        """As `page`, of one subject."""
        pk, table = subscriptions_of_pk(client_id, subject), self._table
        start = None
        if position is not None:
            start = {"pk": {"S": pk}, "sk": {"S": f"{_OWN}{position['at']}#{position['id']}"}}
        try:
            answer = table.query(
                pk,
                table.sk.startswith(_OWN),
                limit=limit,
                last_evaluated_key=start,
                scan_index_forward=False,
                consistent_read=True,
            )
            names = [str(row.sk).removeprefix(_OWN) for row in answer]
            keys = [subscription_key(client_id, _place(name)["id"]) for name in names]
            rows = list(table.batch_get(keys, consistent_read=True)) if keys else []
        except PynamoDBException as error:
            raise as_ours(error) from error
        found = {(row.pk, row.sk): subscription_in(row) for row in rows}
        after = answer.last_evaluated_key
        return [found[key] for key in keys if key in found], _place(names[-1]) if after and names else None

    def history(
        self, client_id: ClientId, subscription_id: str, limit: int, position: Position | None
    ) -> tuple[Sequence[Act], Position | None]:
        """At most `limit` of the things that happened to it, oldest first, and where the next page begins."""
        pk, table = subscription_pk(client_id, subscription_id), self._table
        start = {"pk": {"S": pk}, "sk": {"S": f"{_HISTORY}{position['n']}"}} if position is not None else None
        try:
            answer = table.query(
                pk, table.sk.startswith(_HISTORY), limit=limit, last_evaluated_key=start, consistent_read=True
            )
            acts = [unpacked(Act, row.doc, row.doc_z) for row in answer]
        except PynamoDBException as error:
            raise as_ours(error) from error
        after = answer.last_evaluated_key
        return acts, {"n": after["sk"]["S"].removeprefix(_HISTORY)} if after else None

    def _own(self, client_id: ClientId, item: Subscription) -> Write:
        """Tells that the subscription is its subject's."""
        place = f"{_OWN}{iso(item.created_at)}#{item.subscription_id}"
        return self._table(subscriptions_of_pk(client_id, item.subject), place, client_id=client_id), None

    def _write(self, writes: Sequence[Write], name: str) -> None:
        try:
            with TransactWrite(connection=connection_of(self._table)) as transaction:
                for row, condition in writes:
                    transaction.save(row, condition=condition)
        except PynamoDBException as error:
            if lost_race(error):
                raise VersionConflict(f"{name} has changed meanwhile") from None
            raise as_ours(error) from error


def subscription_key(client_id: ClientId, subscription_id: str) -> tuple[str, str]:
    """Where the subscription lies, for whoever reads it together with something else."""
    return subscription_pk(client_id, subscription_id), _SUBSCRIPTION


def subscription_in(row: BillingItem) -> Subscription:
    """The subscription that an item at a `subscription_key` holds."""
    return unpacked(Subscription, row.doc, row.doc_z)


def stored(changed: Change) -> Subscription:
    """`changed.after` as it will be once it is written."""
    return replace(changed.after, version=_read_at(changed) + 1)


def changed_writes(table: type[BillingItem], client_id: ClientId, changed: Change) -> list[Write]:
    """What has to be put into one transaction, each under its condition, for `changed` to be written: the subscription over the
    version of `before`, its history if something happened, what it entitles to if that is given."""
    after = stored(changed)
    writes: list[Write] = [(_row(table, client_id, after), unchanged_since(table, _read_at(changed)))]
    known = changed.before.acts if changed.before is not None else ()
    if after.acts != known:
        writes += [(row, None) for row in _history_rows(table, client_id, after)]
    if changed.entitled is not None:
        writes.append((entitled_row(table, client_id, replace(changed.entitled, version=after.version)), None))
    return writes


def entitled_row(table: type[BillingItem], client_id: ClientId, item: Entitled) -> BillingItem:
    return table(
        entitled_pk(client_id, item.subject, item.product),
        _ENTITLED,
        client_id=client_id,
        owner=item.subscription_id,
        correlation_id=item.cause.correlation_id,
        causation_id=item.cause.causation_id,
        **packed(item),
    )


def _row(table: type[BillingItem], client_id: ClientId, item: Subscription) -> BillingItem:
    return table(
        subscription_pk(client_id, item.subscription_id),
        _SUBSCRIPTION,
        client_id=client_id,
        version=item.version,
        listing_pk=subscriptions_pk(client_id),
        listing_sk=f"{iso(item.created_at)}#{item.subscription_id}",
        correlation_id=item.cause.correlation_id,
        causation_id=item.cause.causation_id,
        **due_keys(client_id, item.subscription_id, item.next_due_at),
        **packed(item),
    )


def _history_rows(table: type[BillingItem], client_id: ClientId, item: Subscription) -> Iterator[BillingItem]:
    pk = subscription_pk(client_id, item.subscription_id)
    for number, act in enumerate(item.acts):
        yield table(pk, f"{_HISTORY}{item.version:08d}#{number:02d}", client_id=client_id, **packed(act))


def _read_at(changed: Change) -> int:
    return changed.before.version if changed.before is not None else 0


def _name(changed: Change) -> str:
    return changed.after.subscription_id


def _place(key: str) -> Position:
    at, _, subscription_id = key.partition("#")
    return {"at": at, "id": subscription_id}
