"""The rules that every client has, unless it switches them off. Their ids never change their meaning.

Limits that others set: a title has at most 150 characters, a description 5,000, a picture at least 250 × 250 pixels where apparel
is sold (Google Merchant Center product data specification).
"""

from __future__ import annotations

from skuflow.quality.rules.built_in.products import PRODUCTS
from skuflow.quality.rules.built_in.texts import TEXTS
from skuflow.quality.rules.built_in.variants import VARIANTS
from skuflow.quality.rules.rule import Rule

BUILT_IN: tuple[Rule, ...] = (*TEXTS, *PRODUCTS, *VARIANTS)
