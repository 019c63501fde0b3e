"""What third-party packages bring along and our functions never open.

botocore describes 400 services; looking through their folders costs every cold start 20 ms, so only those we call stay.
What is left of its descriptions loses the documentation texts, and its table of endpoints the other services': parsing them is
another 15 ms. Babel knows 1,000 locales; those we price in stay, with the ones they inherit from. Pillow reads all sorts of
pictures; documents have none. Licences always stay.
"""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

AWS_SERVICES = frozenset(
    {"appconfigdata", "cognito-idp", "dynamodb", "events", "kms", "s3", "secretsmanager", "sqs", "ssm", "sts"}
)
"""What `skuflow.platform.aws`, PynamoDB and Powertools may call; sts and ssm are for credentials and parameters."""

_ENDPOINT_PREFIXES = AWS_SERVICES | {"appconfig", "monitoring"}
"""The same services by the names that botocore's endpoint table uses."""

_TEXTS = frozenset({"documentation", "documentationUrl"})

LOCALES = frozenset({"root", "en", "en_001", "en_US", "en_CA", "en_IN", "hi", "hi_IN", "fr", "fr_CA"})
"""The five locales of display prices and their ancestors (en_CA and en_IN inherit from en_001)."""

_PICTURES = ("avif", "webp", "webpmux", "webpdemux")
"""Kinds of pictures that Pillow reads with libraries of their own, each loaded when such a picture is opened."""

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
    for kind in _PICTURES:
        for path in (*site.glob(f"PIL/_{kind}.*.so"), *site.glob(f"pillow.libs/lib{kind}-*.so*")):
            path.unlink()


def _keep_services(data: Path) -> None:
    for service in (p for p in data.glob("*") if p.is_dir()):
        if service.name not in AWS_SERVICES:
            shutil.rmtree(service)
    for examples in data.glob("*/*/examples-1.json*"):
        examples.unlink()
    for description in sorted(data.glob("*/*/*.json.gz")):
        content = json.loads(gzip.decompress(description.read_bytes()))
        _write_json(description.with_suffix(""), _without_documentation(content))
        description.unlink()
    endpoints = data / "endpoints.json"
    if endpoints.is_file():
        content = json.loads(endpoints.read_text())
        for partition in content["partitions"]:
            partition["services"] = {
                name: service for name, service in partition["services"].items() if name in _ENDPOINT_PREFIXES
            }
        _write_json(endpoints, content)


def _without_documentation(content: Any) -> Any:
    """`content` without its texts for people. A member that happens to be called `documentation` is an object, and stays; so
    do the texts of `clientContextParams`, which botocore fails without as soon as it signs an address."""
    if isinstance(content, dict):
        return {
            name: value if name == "clientContextParams" else _without_documentation(value)
            for name, value in content.items()
            if name not in _TEXTS or not isinstance(value, str)
        }
    if isinstance(content, list):
        return [_without_documentation(value) for value in content]
    return content


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, separators=(",", ":"), ensure_ascii=False))


def _keep_locales(data: Path) -> None:
    for locale in data.glob("*.dat"):
        if locale.stem not in LOCALES:
            locale.unlink()
