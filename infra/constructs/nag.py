"""Findings of cdk-nag that we accept, each with its reason, beside the thing it is about."""

from __future__ import annotations

from aws_cdk import Acknowledgment, Validations
from constructs import Construct


def acknowledge(scope: Construct, rule: str, reason: str) -> None:
    """Accept the AWS Solutions finding `rule` (e.g. `L1`, `IAM5[Resource::*]`) for `scope` and what is in it."""
    Validations.of(scope).acknowledge(Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason))
