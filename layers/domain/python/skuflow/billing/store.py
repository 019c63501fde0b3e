"""The billing table, and who asks it what. Each topic's store adds its lines here.

    who asks                                          key that serves it
    a plan: which version is the latest               pk C#<client>#PLAN#<code>  sk PLAN
    a version of a plan                               same pk, sk TERMS#<version>
    a client's plans                                  index listing: listing_pk C#<client>#PLANS, listing_sk <code>
    a seller                                          pk C#<client>#SELLER#<seller>  sk SELLER
    a client's sellers                                index listing: listing_pk C#<client>#SELLERS, listing_sk <seller>
    a customer: the billing profile of a subject      pk C#<client>#CUSTOMER#<subject>  sk CUSTOMER
    a client's customers                              index listing: listing_pk C#<client>#CUSTOMERS, listing_sk <subject>
    a subscription                                    pk C#<client>#SUB#<subscription>  sk SUBSCRIPTION
    what happened to it, oldest first                 same pk, sk begins with HIST#
    a client's subscriptions, newest first            index listing: listing_pk C#<client>#SUBS, listing_sk <created>#<subscription>
    a subject's subscriptions, newest first           pk C#<client>#SUBS_OF#<subject>  sk SUB#<created>#<subscription>
    what a subject is entitled to, and by which       pk C#<client>#ENTITLED#<subject>#<product>  sk ENTITLED
      subscription: the only one that may be active
    the subscriptions that are due, any client        index due: due_pk due#<0-15>, due_sk <at>#<client>#<subscription>

    an invoice; its id names subscription and cycle   pk C#<client>#BILLS#<subscription>  sk INVOICE#<cycle>
    a subscription's invoices, newest first           same pk, sk begins with INVOICE#, last first
    credit notes of an invoice; one of them           same pk, sk begins with NOTE#<cycle>#; NOTE#<cycle>#<note>
    a client's invoices, newest first                 index listing: listing_pk C#<client>#INVOICES#<0-7> by subject, eight queries,
                                                      one if the subject is given; listing_sk <issued>#<invoice>
    a client's credit notes, newest first             index listing: listing_pk C#<client>#NOTES, listing_sk <issued>#<note>
    the last number of a seller                       pk of the seller, sk NUMBERS#INVOICES, NUMBERS#NOTES
    a billing run; what its workers did               pk C#<client>#RUN#<run>  sk RUN; TALLY#<n>
    a page of what it is to bill                      pk C#<client>#RUN#<run>#<n>  sk PLAN#<attempt>
    what a run could not bill, and why                pk of the run, sk begins with FAILED#
    a client's runs, newest first                     index listing: listing_pk C#<client>#RUNS, listing_sk <created>#<run>
    a coupon; who has redeemed it                     pk C#<client>#COUPON#<code>  sk COUPON; REDEEMED#<subscription>
    a client's coupons                                index listing: listing_pk C#<client>#COUPONS, listing_sk <code>
    the coupon that a subscription has, and its use   pk of the subscription, sk COUPON
    what is due besides: invoices without number,     index due, as above
      runs that do not end

One access crosses clients: the index `due` is read by the planner alone, which passes on what it finds, client and subscription
(or invoice, or run), as work; it holds keys only.
"""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, NumberSetAttribute, UnicodeAttribute

from skuflow.kernel.tenancy import ClientId, partition
from skuflow.platform.rows import DueRow


class BillingItem(DueRow):
    """Every item of the table. `owner` is the subscription that decides what a subject is entitled to. `last` is the last number
    given out, `redemptions` how often a coupon was redeemed. `applied` to `failed` are a tally's: the batches that it has
    counted, which makes counting one twice impossible, and what became of their subscriptions."""

    client_id = UnicodeAttribute()
    owner = UnicodeAttribute(null=True)
    last = NumberAttribute(null=True)
    redemptions = NumberAttribute(null=True)
    applied = NumberSetAttribute(null=True)
    invoiced = NumberAttribute(null=True)
    skipped = NumberAttribute(null=True)
    failed = NumberAttribute(null=True)


def plan_pk(client_id: ClientId, code: str) -> str:
    return partition(client_id, "PLAN", code)


def plans_pk(client_id: ClientId) -> str:
    return partition(client_id, "PLANS")


def seller_pk(client_id: ClientId, seller_id: str) -> str:
    return partition(client_id, "SELLER", seller_id)


def sellers_pk(client_id: ClientId) -> str:
    return partition(client_id, "SELLERS")


def customer_pk(client_id: ClientId, subject: str) -> str:
    return partition(client_id, "CUSTOMER", subject)


def customers_pk(client_id: ClientId) -> str:
    return partition(client_id, "CUSTOMERS")


def subscription_pk(client_id: ClientId, subscription_id: str) -> str:
    return partition(client_id, "SUB", subscription_id)


def subscriptions_pk(client_id: ClientId) -> str:
    return partition(client_id, "SUBS")


def subscriptions_of_pk(client_id: ClientId, subject: str) -> str:
    return partition(client_id, "SUBS_OF", subject)


def entitled_pk(client_id: ClientId, subject: str, product: str) -> str:
    return partition(client_id, "ENTITLED", subject, product)
