"""What every context speaks: money, tenancy, ids, errors, the event envelope. Standard library only."""
