"""`skuflow`: the operator's command line."""
