"""Where plans are kept. A version is written once, in one transaction with the head that says which is the latest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pynamodb.exceptions import PynamoDBException
from pynamodb.transactions import TransactWrite

from skuflow.billing.plans import Plan, PlanHead, PlanRef
from skuflow.billing.store import BillingItem, plan_pk, plans_pk
from skuflow.kernel.errors import NotFound, VersionConflict
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.rows import listed, row_at, unchanged_since, write_over
from skuflow.platform.table import as_ours, connection_of, lost_race

Position = dict[str, Any]
_HEAD = "PLAN"


class DynamoPlans:
    """Plans in the billing table. Every method may raise TransientError."""

    def __init__(self, table: type[BillingItem]) -> None:
        self._table = table

    def head(self, client_id: ClientId, code: str) -> PlanHead:
        """The plan as a whole, strongly consistent. Raises NotFound."""
        found = row_at(self._table, plan_pk(client_id, code), _HEAD)
        if found is None:
            raise _unknown(code)
        return _head(found)

    def get(self, client_id: ClientId, ref: PlanRef) -> Plan:
        """That version. Raises NotFound."""
        found = row_at(self._table, *plan_key(client_id, ref))
        if found is None:
            raise _unknown(ref.code, ref.version)
        return plan_in(found)

    def publish(self, client_id: ClientId, head: PlanHead, plan: Plan) -> PlanHead:
        """Write `plan`, a version that is not there yet, and `head` over the version it was read at (0: it must not exist); `head`
        as stored. Raises VersionConflict."""
        stored = replace(head, version=head.version + 1)
        row = self._table(
            *plan_key(client_id, plan.ref),
            client_id=client_id,
            correlation_id=plan.cause.correlation_id,
            causation_id=plan.cause.causation_id,
            **packed(plan),
        )
        try:
            with TransactWrite(connection=connection_of(self._table)) as transaction:
                transaction.save(row, condition=self._table.pk.does_not_exist())
                transaction.save(
                    self._head_row(client_id, stored), condition=unchanged_since(self._table, head.version)
                )
        except PynamoDBException as error:
            if lost_race(error):
                raise VersionConflict(f"the plan {head.code} has changed meanwhile") from None
            raise as_ours(error) from error
        return stored

    def save_head(self, client_id: ClientId, head: PlanHead) -> PlanHead:
        """Write `head` over the version it was read at and return it as stored. Raises VersionConflict."""
        stored = replace(head, version=head.version + 1)
        write_over(self._head_row(client_id, stored), head.version, f"the plan {head.code}")
        return stored

    def page(
        self, client_id: ClientId, limit: int, position: Position | None
    ) -> tuple[Sequence[PlanHead], Position | None]:
        """At most `limit` plans in order of their codes, and where the next page begins."""
        start = None
        if position is not None:
            code = str(position["code"])
            start = {"listing_sk": code, "pk": plan_pk(client_id, code), "sk": _HEAD}
        rows, last = listed(self._table, plans_pk(client_id), limit, start)
        return [_head(row) for row in rows], {"code": last} if last else None

    def versions(
        self, client_id: ClientId, code: str, limit: int, position: Position | None
    ) -> tuple[Sequence[Plan], Position | None]:
        """At most `limit` versions of a plan, oldest first, and where the next page begins."""
        pk, sk = plan_key(client_id, PlanRef(code, position["version"] if position is not None else 0))
        start = {"pk": {"S": pk}, "sk": {"S": sk}} if position is not None else None
        try:
            answer = self._table.query(
                pk, self._table.sk.startswith("TERMS#"), limit=limit, last_evaluated_key=start, consistent_read=True
            )
            items = [plan_in(row) for row in answer]
        except PynamoDBException as error:
            raise as_ours(error) from error
        return items, {"version": items[-1].version} if answer.last_evaluated_key and items else None

    def many(self, client_id: ClientId, refs: Iterable[PlanRef]) -> Mapping[str, Plan]:
        """Those versions by their keys, strongly consistent. Raises NotFound that names one that is not there."""
        wanted = tuple(dict.fromkeys(refs))
        if not wanted:
            return {}
        try:
            rows = self._table.batch_get([plan_key(client_id, ref) for ref in wanted], consistent_read=True)
            found = {plan.ref.key: plan for plan in map(plan_in, rows)}
        except PynamoDBException as error:
            raise as_ours(error) from error
        for ref in wanted:
            if ref.key not in found:
                raise _unknown(ref.code, ref.version)
        return found

    def _head_row(self, client_id: ClientId, stored: PlanHead) -> BillingItem:
        return self._table(
            plan_pk(client_id, stored.code),
            _HEAD,
            client_id=client_id,
            version=stored.version,
            listing_pk=plans_pk(client_id),
            listing_sk=stored.code,
            correlation_id=stored.cause.correlation_id,
            causation_id=stored.cause.causation_id,
            **packed(stored),
        )


def plan_key(client_id: ClientId, ref: PlanRef) -> tuple[str, str]:
    """Where that version lies, for whoever reads it together with something else."""
    return plan_pk(client_id, ref.code), f"TERMS#{ref.version:06d}"


def plan_in(row: BillingItem) -> Plan:
    """The version that an item at a `plan_key` holds."""
    return unpacked(Plan, row.doc, row.doc_z)


def _head(row: BillingItem) -> PlanHead:
    return unpacked(PlanHead, row.doc, row.doc_z)


def _unknown(code: str, version: int = 0) -> NotFound:
    return NotFound(f"there is no plan {code}" + (f" of version {version}" if version else ""))
