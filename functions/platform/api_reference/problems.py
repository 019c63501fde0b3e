"""Every code that a problem document may carry, explained for whoever meets it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explained:
    code: str
    status: int
    meaning: str
    remedy: str


PROBLEMS = (
    Explained(
        "malformed",
        400,
        "The request cannot be read: its body is not JSON, not UTF-8, or missing; or a header is ill-formed.",
        "Send a JSON body in UTF-8. `detail` says where reading stopped.",
    ),
    Explained(
        "unauthenticated",
        401,
        "Neither an API key nor a sign-in came with the request.",
        "Send `Authorization: Bearer` followed by your key or access token.",
    ),
    Explained(
        "forbidden",
        403,
        "The key works, but lacks the scope that this call needs, or would hand on a scope it does not have.",
        "Use a key with the scope that `detail` names, or have one issued.",
    ),
    Explained(
        "not_found",
        404,
        "There is no such thing, or no such path. Things of other clients look the same as things that do not exist.",
        "Check the id and the path.",
    ),
    Explained(
        "conflict",
        409,
        "The thing is in a state that does not allow this, or a request with the same Idempotency-Key is still at work.",
        "Read the thing again; `detail` says what stands in the way.",
    ),
    Explained(
        "version_conflict",
        412,
        "Somebody else changed the thing after you read it.",
        "Read it again, apply your change to what you find, and send that with the new `ETag` in `If-Match`.",
    ),
    Explained(
        "too_large",
        413,
        "The request, or what it would make, is over a stated limit.",
        "Split it. `detail` names the limit.",
    ),
    Explained(
        "invalid",
        422,
        "The request can be read and breaks a rule.",
        "Correct the fields listed under `errors`; each comes with its remedy.",
    ),
    Explained(
        "throttled",
        429,
        "Calls come faster than they can be served.",
        "Wait as many seconds as `Retry-After` says, and try again.",
    ),
    Explained(
        "circuit_open",
        429,
        "An outside service has failed too often of late and is left alone for a while.",
        "Wait as many seconds as `Retry-After` says, and try again.",
    ),
    Explained(
        "internal",
        500,
        "A fault of ours. Nothing in the request can mend it.",
        "Try again later; if it stays, tell us the correlation id.",
    ),
    Explained(
        "unavailable",
        503,
        "Something that we need does not answer at the moment.",
        "Try again in a moment; with an Idempotency-Key that is safe even where something is created.",
    ),
    Explained(
        "provider_failed",
        503,
        "An outside service, such as Shopify, could not be reached or failed.",
        "Try again in a moment.",
    ),
)
