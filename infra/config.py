"""What a deployment may choose: its stage, where its data lives, the account. Everything else is the same everywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_cdk import Environment, RemovalPolicy
from aws_cdk.aws_logs import RetentionDays

REGIONS: Mapping[str, str] = {
    "ca": "ca-central-1",
    "us": "us-east-1",
    "eu": "eu-central-1",
    "in": "ap-south-1",
}
"""Residency -> the one region that holds every store and function of the stage."""

LOCAL_ACCOUNT = "000000000000"
RUNBOOK = "docs/runbook.md"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_MAX_NAME = 16
_DOCS = re.compile(r"https://[^\s#?]{1,300}")


@dataclass(frozen=True, slots=True)
class Stage:
    """One deployment of the whole platform. A stage called `prod` or `prod-…` is production: its stores are kept when a
    stack goes, protected from deletion, and encrypted with keys of the account's own. `docs` is where people read this
    repository's files in a browser; alarms and dashboards link there. Without it they name the file."""

    name: str
    residency: str
    account: str
    docs: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.name) > _MAX_NAME:
            raise ValueError(f"stage {self.name!r}: use up to {_MAX_NAME} of a-z, 0-9 and -, beginning with a letter")
        if self.residency not in REGIONS:
            raise ValueError(f"residency {self.residency!r}: use one of {', '.join(REGIONS)}")
        if not re.fullmatch(r"\d{12}", self.account):
            raise ValueError(f"account {self.account!r}: set CDK_DEFAULT_ACCOUNT to the account's 12 digits")
        if self.docs and not _DOCS.fullmatch(self.docs):
            raise ValueError(f"docs {self.docs!r}: use the https:// address below which docs/runbook.md is read")

    @property
    def region(self) -> str:
        return REGIONS[self.residency]

    @property
    def production(self) -> bool:
        return self.name.split("-")[0] == "prod"

    @property
    def environment(self) -> Environment:
        return Environment(account=self.account, region=self.region)

    @property
    def removal_policy(self) -> RemovalPolicy:
        """What becomes of data, messages and logs when their stack or description goes."""
        return RemovalPolicy.RETAIN if self.production else RemovalPolicy.DESTROY

    @property
    def log_retention(self) -> RetentionDays:
        return RetentionDays.SIX_MONTHS if self.production else RetentionDays.ONE_MONTH

    @property
    def metrics(self) -> str:
        """The namespace of our own metrics. Stages may share an account, and their alarms must not ring for each other."""
        return f"Skuflow/{self.name}"

    @property
    def upload_bucket(self) -> str:
        """Buckets share one name space with the whole world, hence account and region."""
        return self.named("uploads", self.account, self.region)

    @property
    def document_bucket(self) -> str:
        return self.named("documents", self.account, self.region)

    @property
    def alarm_topic_arn(self) -> str:
        return self.arn("sns", self.named("alarms"))

    def runbook(self, anchor: str) -> str:
        """Where the paragraph `anchor` of the runbook is read: an address, or the place in the repository."""
        place = f"{RUNBOOK}#{anchor}"
        return f"{self.docs.rstrip('/')}/{place}" if self.docs else place

    def named(self, *parts: str) -> str:
        """`skuflow-<stage>-<parts>`, with dashes for underscores."""
        return "-".join(("skuflow", self.name, *parts)).replace("_", "-")

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


def stage_of(context: Mapping[str, Any], environ: Mapping[str, str]) -> Stage:
    """The stage that the CDK context and the process's environment ask for. Raises ValueError that names the remedy."""
    name = str(context.get("stage") or "")
    if not name:
        raise ValueError("no stage: pass -c stage=<name>, and -c residency=<ca|us|eu|in> (default: ca)")
    account = environ.get("CDK_DEFAULT_ACCOUNT") or (LOCAL_ACCOUNT if name == "local" else "")
    return Stage(name, str(context.get("residency") or "ca"), account, str(context.get("docs") or ""))
