"""The parts of the billing engine; `skuflow.billing.timeline` is its door. Pure."""
