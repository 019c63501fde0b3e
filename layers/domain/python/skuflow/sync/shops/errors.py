"""What can be wrong with a shop's connection."""

from __future__ import annotations

from skuflow.kernel.errors import PermanentError


class NeedsReauth(PermanentError):
    """There are no credentials of the shop that it would accept: its owner has to go through the installation (again). Whoever
    gets this stops working for the shop. It is marked already; the next connection takes the work up."""

    code = "needs_reauth"
