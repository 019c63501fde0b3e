"""Puts assets where the templates look for them, once each."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from local.aws import Aws
from local.deploy.assembly import Asset

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The oldest time a ZIP can hold: the archive must not depend on when it was made."""
_PARALLEL = 4


def upload(aws: Aws, assets: Iterable[Asset], *, without: Collection[str]) -> int:
    """Upload the assets that are not there yet, except the keys in `without`; returns how many went."""
    wanted = [asset for asset in assets if asset.key not in without]
    there = {bucket: _keys_in(aws, bucket) for bucket in {asset.bucket for asset in wanted}}
    missing = [asset for asset in wanted if asset.key not in there[asset.bucket]]
    with ThreadPoolExecutor(_PARALLEL) as pool:
        for asset, body in zip(missing, pool.map(_content, missing), strict=True):
            aws.s3.put_object(Bucket=asset.bucket, Key=asset.key, Body=body)
    return len(missing)


def put(aws: Aws, bucket: str, key: str, body: bytes) -> None:
    """Upload one object. Making the bucket first is the caller's business: `prepare`."""
    aws.s3.put_object(Bucket=bucket, Key=key, Body=body)


def packed(files: Iterable[tuple[str, Path]]) -> bytes:
    """A ZIP of (name, file) pairs, sorted and free of times, so that the same content gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, path in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def files_below(folder: Path) -> Iterable[tuple[str, Path]]:
    """(path relative to `folder`, file) of everything in it, compiled files left out."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            path = Path(parent) / name
            yield path.relative_to(folder).as_posix(), path


def _content(asset: Asset) -> bytes:
    return packed(files_below(asset.source)) if asset.zipped else asset.source.read_bytes()


def prepare(aws: Aws, bucket: str) -> None:
    """Make the bucket unless it exists."""
    if bucket not in {found["Name"] for found in aws.s3.list_buckets()["Buckets"]}:
        # S3 wants to be told every region but its first, and refuses to be told that one.
        where: Any = (
            {} if aws.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": aws.region}}
        )
        aws.s3.create_bucket(Bucket=bucket, **where)


def _keys_in(aws: Aws, bucket: str) -> set[str]:
    prepare(aws, bucket)
    pages = aws.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {found["Key"] for page in pages for found in page.get("Contents", [])}
