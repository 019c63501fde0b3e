"""What third-party packages bring along and our functions never open.

botocore describes 400 services; looking through their folders costs every cold start 20 ms, so only those we call stay.
Babel knows 1,000 locales; those we price in stay, with the ones they inherit from. Licences always stay.
"""

from __future__ import annotations

import shutil
from pathlib import Path

AWS_SERVICES = frozenset({"appconfigdata", "dynamodb", "events", "s3", "secretsmanager", "sqs", "ssm", "sts"})
"""What `skuflow.platform.aws`, PynamoDB and Powertools may call; sts and ssm are for credentials and parameters."""

LOCALES = frozenset({"root", "en", "en_001", "en_US", "en_CA", "en_IN", "hi", "hi_IN", "fr", "fr_CA"})
"""The five locales of display prices and their ancestors (en_CA and en_IN inherit from en_001)."""

_INSTALLER_NOTES = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json")
"""Notes of the installer: they hold paths, times or hashes of the files we remove. METADATA and licences are kept."""

_UNUSED_DIRECTORIES = ("bin", "include", "share", "boto3/examples")
_UNUSED_FILES = (".lock", "*.pth", "**/*.pyi", "**/*.pyx", "**/*.pxd")


def trim(site: Path) -> None:
    """Remove from the site directory `site` what no function of ours opens."""
    for directory in (*site.rglob("__pycache__"), *(site / name for name in _UNUSED_DIRECTORIES)):
        shutil.rmtree(directory, ignore_errors=True)
    for pattern in (*_UNUSED_FILES, *(f"*.dist-info/{note}" for note in _INSTALLER_NOTES)):
        for path in list(site.glob(pattern)):
            path.unlink()
    _keep_services(site / "botocore" / "data")
    _keep_locales(site / "babel" / "locale-data")


def _keep_services(data: Path) -> None:
    for service in (p for p in data.glob("*") if p.is_dir()):
        if service.name not in AWS_SERVICES:
            shutil.rmtree(service)
    for examples in data.glob("*/*/examples-1.json*"):
        examples.unlink()


def _keep_locales(data: Path) -> None:
    for locale in data.glob("*.dat"):
        if locale.stem not in LOCALES:
            locale.unlink()
