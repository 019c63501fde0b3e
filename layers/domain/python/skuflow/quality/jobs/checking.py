"""Products held against the rules of a job: the same rules, and the same day, from its first chunk to its last answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from skuflow.quality.fixes.fix import Decision
from skuflow.quality.jobs.limits import bearable
from skuflow.quality.jobs.model import PROPOSES, Job
from skuflow.quality.model import ImageFact, Snapshot
from skuflow.quality.rule_store import Wishes
from skuflow.quality.rules.judging import Judge, Judgement
from skuflow.quality.rules.known import Known, Repeated
from skuflow.quality.rules.rule import Finding, RuleSet
from skuflow.quality.rules.rule_set import rule_set
from skuflow.quality.rules.tally import Counting, Tally

Pictures = Callable[[Sequence[Snapshot]], Mapping[str, ImageFact]]
"""What is known of the pictures of some products, by address."""


@dataclass(frozen=True, slots=True)
class CheckedProduct:
    """`loss` in trillionths of a product. Of a first look, duplicates are neither in it nor among the `findings`."""

    product_id: str
    title: str
    findings: tuple[Finding, ...]
    loss: int
    decision: Decision


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of some products together."""

    products: tuple[CheckedProduct, ...]
    tally: Tally

    @property
    def decisions(self) -> tuple[Decision, ...]:
        return tuple(one.decision for one in self.products if one.decision.fixes or one.decision.suggestions)


class Checker:
    """Checks the products of one job."""

    def __init__(self, job: Job, wishes: Wishes, pictures: Pictures | None = None) -> None:
        """`pictures` tells what is known of products' pictures, if the job asks for that."""
        self._pictures = pictures if job.check_images else None
        self._proposes = job.mode in PROPOSES
        self._fixing = wishes.fixing
        images: dict[str, ImageFact] | None = {} if job.check_images else None
        self._known = Known(
            now=job.judged_at,
            categories=wishes.vocabulary.known_categories,
            brands=wishes.vocabulary.known_brands,
            images=images,
            colours=wishes.fixing.colours,
        )
        self._judge = Judge(rule_set(wishes.own, wishes.overrides), self._known)

    @property
    def rules(self) -> RuleSet:
        """Those that can be judged."""
        return RuleSet(self._judge.rules)

    def check(self, products: Sequence[Snapshot]) -> Checked:
        judge, counting = self._judge_of(products), Counting()
        checked = []
        for product in products:
            judged = judge.judge(product)
            counting.add(judged)
            decision = self._decided(product, judge, judged) if self._proposes else Decision(product.product_id)
            checked.append(CheckedProduct(product.product_id, product.title, judged.findings, judged.loss, decision))
        return Checked(tuple(checked), counting.tally())

    def check_again(self, products: Sequence[Snapshot], repeated: Repeated) -> tuple[CheckedProduct, ...]:
        """Those of `products` that have something that is `repeated`: with their duplicates, and what these cost."""
        known = self._judge_of(products).known
        judge = Judge(self.rules, replace(known, repeated=repeated))
        found = []
        for product in products:
            judged = judge.judge(product)
            if any(finding.aspect == "duplicate" for finding in judged.findings):
                doubled = (one.loss for one in judged.marks if one.digest in repeated.get(one.rule_id, ()))
                loss, nothing = judged.loss + sum(doubled), Decision(product.product_id)
                found.append(CheckedProduct(product.product_id, product.title, judged.findings, loss, nothing))
        return tuple(found)

    def _judge_of(self, products: Sequence[Snapshot]) -> Judge:
        """Who judges these products, knowing their pictures."""
        if self._pictures is None:
            return self._judge
        return Judge(self.rules, replace(self._known, images=self._pictures(products)))

    def _decided(self, product: Snapshot, judge: Judge, judged: Judgement) -> Decision:
        from skuflow.quality.fixes.deciding import decide  # not every job proposes, and it is a lot to load

        return bearable(decide(product, judge, self._fixing, judged=judged))

    def tally_after(
        self, products: Sequence[Snapshot], decisions: Sequence[Decision], applied: Mapping[str, Sequence[str]]
    ) -> Tally:
        """What `products` come to once the `applied` paths have the values that were decided: the copy may have heard of it, or not
        yet."""
        from skuflow.quality.fixes.applying import applied as with_fixes  # who only checks does not need it

        judge = self._judge_of(products)
        wanted = {one.product_id: one for one in decisions}
        counting = Counting()
        for product in products:
            paths = set(applied.get(product.product_id, ()))
            fixes = [fix for fix in wanted[product.product_id].fixes if fix.path in paths] if paths else []
            counting.add(judge.judge(with_fixes(product, fixes)[0]))
        return counting.tally()
