"""Invite people, change their roles, remove them. Nobody hands out, changes or takes away more than they hold themselves."""

from __future__ import annotations

from dataclasses import dataclass

from skuflow.access.audit import Act
from skuflow.access.cognito import People
from skuflow.access.people import MAX_MEMBERSHIPS, Membership, email_address, with_role
from skuflow.access.people_store import PeopleStore
from skuflow.access.roles import OWNER, check_role, ensure_may_hand
from skuflow.kernel.errors import Conflict
from skuflow.kernel.tenancy import ClientId


@dataclass(frozen=True, slots=True)
class Hand:
    """What whoever acts may do: `role` "" is a key's; an operator holds everything."""

    role: str
    scopes: frozenset[str]

    def ensure_may(self, role: str) -> None:
        """Raises Forbidden if the role is more than theirs to give or take."""
        ensure_may_hand(role, by_role=self.role, held=self.scopes)


def invite_user(
    email: str, role: str, *, client_id: ClientId, hand: Hand, store: PeopleStore, people: People, act: Act
) -> Membership:
    """The person's membership. Asked for again it is the same one, and nothing is written. Raises Invalid, Forbidden, or Conflict
    if the person has another role, or acts for too many clients."""
    address = email_address(email)
    check_role(role)
    hand.ensure_may(role)
    user_id = people.invite(address)
    known = store.find(client_id, user_id)
    if known is not None:
        if known.role != role:
            raise Conflict(f"this person is a user already, as {known.role}; change the role instead")
        return known
    if len(store.memberships(user_id)) >= MAX_MEMBERSHIPS:
        raise Conflict(f"this person acts for {MAX_MEMBERSHIPS} clients already, which is the most")
    member = Membership(user_id, client_id, address, role, act.actor.actor_id, act.at, act.at)
    store.add(client_id, member, act.on_user("user.invited", user_id, None, member))
    return member


def change_role(
    user_id: str, role: str, *, client_id: ClientId, hand: Hand, store: PeopleStore, act: Act
) -> Membership:
    """The membership as it is then. Raises NotFound, Invalid, Forbidden, or Conflict for the last owner."""
    check_role(role)
    member = store.get(client_id, user_id)
    changed = with_role(member, role, now=act.at)
    if changed is member:
        return member
    hand.ensure_may(member.role)
    hand.ensure_may(role)
    _ensure_another_owner(member, store)
    store.save(client_id, member, changed, act.on_user("user.role_changed", user_id, member, changed))
    return changed


def remove_user(user_id: str, *, client_id: ClientId, hand: Hand, store: PeopleStore, act: Act) -> None:
    """The person may no longer act for the client. Raises NotFound, Forbidden, or Conflict for the last owner."""
    member = store.get(client_id, user_id)
    hand.ensure_may(member.role)
    _ensure_another_owner(member, store)
    store.remove(client_id, member, act.on_user("user.removed", user_id, member, None))


def _ensure_another_owner(member: Membership, store: PeopleStore) -> None:
    """Two who remove each other at once both pass here; the store's condition stops the second."""
    if member.role == OWNER and store.owners(member.client_id) <= 1:
        raise Conflict("this is the client's last owner; make somebody else an owner first")
