"""What a good product is: rules, findings, scores. Pure: no table, no clock, no network."""
