"""No secret is in the repository. detect-secrets knows what those of many services look like, our own rule what ours do.

What looks like a secret and is none stands in HARMLESS, by file and kind, with its reason; an entry that finds nothing any more is
removed. Names such as `secret = "…"` are ruff's to judge (S105 to S107), for they say little in tests.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from detect_secrets.core.scan import scan_file
from detect_secrets.settings import default_settings, transient_settings

from tests.architecture.repository import ROOT, name_of
from tests.architecture.test_hygiene import FILES

_NOISE = frozenset({"KeywordDetector", "IPPublicDetector"})
_OURS = re.compile(r"\b[sp]k_[a-z0-9-]{1,20}_(?!0{48}\b)[0-9a-f]{48}\b")
_GENERATED = {*(ROOT / "requirements").iterdir(), ROOT / "functions" / "platform" / "api_reference" / "openapi.json"}
"""Hashes of packages, and what stands in the routes."""

HARMLESS = {
    ("events/aws/dynamodb_stream.json", "Hex High Entropy String"): "event ids of AWS",
    ("events/aws/s3_to_sqs.json", "Base64 High Entropy String"): "receipts and request ids of AWS",
    ("events/aws/s3_to_sqs.json", "Hex High Entropy String"): "a digest of a message",
    ("events/aws/sqs_batch.json", "Base64 High Entropy String"): "a receipt of AWS",
    ("events/aws/sqs_batch.json", "Hex High Entropy String"): "a digest of a message",
    ("events/aws/sqs_batch.json", "Telegram Bot Token"): "an address with an account's number",
    ("tests/architecture/test_isolation.py", "Hex High Entropy String"): "the hexadecimal digits, shuffled",
    ("tests/functions/access/test_authorizer.py", "JSON Web Token"): "what stands before the dots of a forged token",
    ("tests/local/test_masking.py", "JSON Web Token"): "a token that must be masked",
    ("tests/product_batches.py", "Telegram Bot Token"): "an address with an account's number",
    ("tests/unit/platform/outbound/test_addresses.py", "Basic Auth Credentials"): "an address that must be refused",
    (
        "tests/unit/sync/shops/test_signatures.py",
        "Hex High Entropy String",
    ): "signatures with the secret `hush`, as published",
}


def findings(paths: Iterable[Path]) -> Iterator[tuple[str, str, int]]:
    """File, kind and line of whatever looks like a secret."""
    with default_settings() as settings:
        chosen = settings.json()
    chosen["plugins_used"] = [plugin for plugin in chosen["plugins_used"] if plugin["name"] not in _NOISE]
    with transient_settings(chosen):
        for path in paths:
            for found in scan_file(str(path)):
                yield str(path), found.type, found.line_number
            text = path.read_bytes().decode("utf-8", errors="replace")
            for hit in _OURS.finditer(text):
                yield str(path), "Skuflow API key", text.count("\n", 0, hit.start()) + 1


@pytest.mark.slow
def test_no_secret_is_in_the_repository() -> None:
    found = [
        (name_of(Path(file)), kind, line)
        for file, kind, line in findings(path for path in FILES if path not in _GENERATED)
    ]
    assert [one for one in found if one[:2] not in HARMLESS] == []
    assert sorted(set(HARMLESS) - {one[:2] for one in found}) == [], "these are gone: remove them from HARMLESS"


def _json64(**claims: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")


_HEX = hashlib.sha256(b"chance").hexdigest()
_LETTERS = re.sub(r"\W", "", base64.b64encode(hashlib.sha512(b"chance").digest()).decode())
_SEEDED = {
    "AWS Access Key": f'aws = "AKIA{_LETTERS[:16].upper()}"',
    "GitHub Token": f'token = "ghp_{_LETTERS[:36]}"',
    "Stripe Access Key": f'key = "sk_live_{_LETTERS[:24]}"',
    "Private Key": " ".join(["-----BEGIN RSA", "PRIVATE", "KEY-----"]),
    "JSON Web Token": f"{_json64(alg='HS256')}.{_json64(sub='somebody')}.{_LETTERS[:43]}",
    "Basic Auth Credentials": f"https://skuflow:{_LETTERS[:12]}@db.example/x",
    "Hex High Entropy String": f'seed = "{_HEX[:32]}"',
    "Skuflow API key": f"sk_prod_{_HEX[:48]}",
}
"""Made when the test runs: written down, they would be found in this very file."""


@pytest.mark.parametrize("kind", _SEEDED)
def test_a_secret_is_found(tmp_path: Path, kind: str) -> None:
    leak = tmp_path / "settings.py"
    leak.write_text(f"debug = True\n{_SEEDED[kind]}\n")
    assert kind in {found for _file, found, line in findings([leak]) if line == 2}
