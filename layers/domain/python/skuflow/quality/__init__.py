"""How good a client's catalogue is: rules, scores, fixes, reports."""
