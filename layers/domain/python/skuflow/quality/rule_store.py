"""A client's own rules, and what it wants otherwise of built-in ones; and both as they stood when a job began."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pynamodb.exceptions import PynamoDBException

from skuflow.kernel.errors import NotFound
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.rows import added, row_at
from skuflow.platform.table import as_ours, lost_race
from skuflow.quality.fixes.settings import FixSettings
from skuflow.quality.rules.rule import Override, Rule
from skuflow.quality.store import QualityItem, job_pk, progress_expiry, rules_pk
from skuflow.quality.vocabulary import Vocabulary

_FIXING = "FIXING"
_VOCABULARY = "VOCABULARY"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a client says of rules: its own, and what is to be otherwise of built-in ones; how things are to be mended; what
    categories and brands it has."""

    own: tuple[Rule, ...] = ()
    overrides: tuple[Override, ...] = ()
    fixing: FixSettings = field(default_factory=FixSettings)
    vocabulary: Vocabulary = field(default_factory=Vocabulary)


@dataclass(frozen=True, slots=True)
class RuleStore:
    """Every method may raise TransientError."""

    table: type[QualityItem]

    def wishes(self, client_id: ClientId) -> Wishes:
        """Everything the client says of rules, by id, strongly consistent."""
        try:
            rows = list(self.table.query(rules_pk(client_id), consistent_read=True))
        except PynamoDBException as error:
            raise as_ours(error) from error
        own = tuple(unpacked(Rule, row.doc, row.doc_z) for row in rows if row.sk.startswith("RULE#"))
        overrides = tuple(unpacked(Override, row.doc, row.doc_z) for row in rows if row.sk.startswith("OVERRIDE#"))
        fixing = next((unpacked(FixSettings, row.doc, row.doc_z) for row in rows if row.sk == _FIXING), FixSettings())
        words = next((unpacked(Vocabulary, row.doc, row.doc_z) for row in rows if row.sk == _VOCABULARY), Vocabulary())
        return Wishes(own, overrides, fixing, words)

    def add(self, client_id: ClientId, rule: Rule) -> bool:
        """Keep an own rule unless there is one of its id; says whether that was so."""
        sk = f"RULE#{rule.rule_id}"
        return added(self.table(rules_pk(client_id), sk, client_id=client_id, **packed(rule)))

    def put(self, client_id: ClientId, rule: Rule) -> None:
        """Keep the client's own rule, in the place of the one of its id."""
        self._put(client_id, f"RULE#{rule.rule_id}", rule)

    def put_override(self, client_id: ClientId, override: Override) -> None:
        self._put(client_id, f"OVERRIDE#{override.rule_id}", override)

    def put_fixing(self, client_id: ClientId, fixing: FixSettings) -> None:
        self._put(client_id, _FIXING, fixing)

    def put_vocabulary(self, client_id: ClientId, vocabulary: Vocabulary) -> None:
        self._put(client_id, _VOCABULARY, vocabulary)

    def _put(self, client_id: ClientId, sk: str, record: Rule | Override | FixSettings | Vocabulary) -> None:
        row = self.table(rules_pk(client_id), sk, client_id=client_id, **packed(record))
        try:
            row.save()
        except PynamoDBException as error:
            raise as_ours(error) from error

    def remove(self, client_id: ClientId, rule_id: str) -> None:
        """Remove an own rule. Raises NotFound."""
        row = self.table(rules_pk(client_id), f"RULE#{rule_id}")
        try:
            row.delete(condition=self.table.pk.exists())
        except PynamoDBException as error:
            if lost_race(error):
                raise NotFound(f"you have no rule {rule_id}") from None
            raise as_ours(error) from error

    def remove_override(self, client_id: ClientId, rule_id: str) -> None:
        """Have a built-in rule as it is built in, again or still."""
        try:
            self.table(rules_pk(client_id), f"OVERRIDE#{rule_id}").delete()
        except PynamoDBException as error:
            raise as_ours(error) from error

    def pin(self, client_id: ClientId, job_id: str, wishes: Wishes, now: datetime) -> None:
        """Keep `wishes` for the whole job; what was kept for it before stays."""
        added(
            self.table(
                job_pk(client_id, job_id),
                "RULES",
                client_id=client_id,
                expires_at=progress_expiry(now),
                **packed(wishes),
            )
        )

    def pinned(self, client_id: ClientId, job_id: str) -> Wishes:
        """What held when the job began. Raises NotFound when it is no longer kept."""
        row = row_at(self.table, job_pk(client_id, job_id), "RULES")
        if row is None:
            raise NotFound(f"the rules of the job {job_id} are no longer kept")
        return unpacked(Wishes, row.doc, row.doc_z)
