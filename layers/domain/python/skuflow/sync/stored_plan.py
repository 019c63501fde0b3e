"""The plan that the inspection of a file left in the bucket, for those who read the file afterwards."""

from __future__ import annotations

import msgspec

from skuflow.sync.bucket import ImportBucket
from skuflow.sync.model import Import
from skuflow.sync.reading.plan import ReadingPlan


def stored_plan(item: Import, bucket: ImportBucket) -> ReadingPlan:
    """Raises Conflict before the inspection, NotFound when the plan has expired."""
    return msgspec.json.decode(bucket.read(item.inspected().plan_key), type=ReadingPlan)
