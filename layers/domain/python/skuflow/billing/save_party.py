"""Sellers and customers are written: created, or replaced over the version that was read."""

from __future__ import annotations

from dataclasses import replace

from skuflow.billing.parties import Customer, Seller
from skuflow.billing.party_rules import checked_customer, checked_seller
from skuflow.billing.party_store import DynamoCustomers, DynamoSellers
from skuflow.kernel.errors import Conflict, NotFound, VersionConflict
from skuflow.kernel.tenancy import ClientId


def save_seller(client_id: ClientId, wanted: Seller, *, read_at: int | None, sellers: DynamoSellers) -> Seller:
    """`wanted` in the place of the seller of its id. `read_at`: only over this version (VersionConflict). What is there already is
    not written again. Raises Invalid, and Conflict for another `invoice_prefix`: numbers that were given keep theirs."""
    wanted = checked_seller(wanted)
    try:
        known = sellers.get(client_id, wanted.seller_id)
    except NotFound:
        _check_read(0, read_at)
        return sellers.save(client_id, replace(wanted, version=0))
    _check_read(known.version, read_at)
    if known.invoice_prefix != wanted.invoice_prefix:
        raise Conflict(f"the numbers of this seller's invoices begin with {known.invoice_prefix}, for ever")
    if _same(wanted, known):
        return known
    return sellers.save(client_id, replace(wanted, version=known.version, created_at=known.created_at))


def save_customer(
    client_id: ClientId, wanted: Customer, *, read_at: int | None, customers: DynamoCustomers
) -> Customer:
    """`wanted` in the place of the customer of its subject; what we owe the customer stays. `read_at`: as above. Raises Invalid."""
    wanted = checked_customer(wanted)
    try:
        known = customers.get(client_id, wanted.subject)
    except NotFound:
        _check_read(0, read_at)
        return customers.save(client_id, replace(wanted, version=0, credit_minor={}))
    _check_read(known.version, read_at)
    kept = replace(wanted, version=known.version, created_at=known.created_at, credit_minor=known.credit_minor)
    if _same(kept, known):
        return known
    return customers.save(client_id, kept)


def _same(wanted: Seller | Customer, known: Seller | Customer) -> bool:
    told = {"version": 0, "created_at": known.created_at, "updated_at": known.updated_at, "cause": known.cause}
    return replace(wanted, **told) == replace(known, **told)  # type: ignore[arg-type]


def _check_read(version: int, read_at: int | None) -> None:
    if read_at is not None and read_at != version:
        raise VersionConflict(f"it is at version {version}; read it again")
