"""Sales taxes: dated rates, and what a sale owes. Pure; `compute_tax.compute_tax` is the door."""
