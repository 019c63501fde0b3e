"""Creates and updates stacks, and says in one line why one failed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from local.aws import Aws
from local.deploy.rewriting import unknown_types
from local.problems import LocalProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_cloudformation.literals import CapabilityType

_CAPABILITIES: Sequence[CapabilityType] = ("CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")
_GONE = ("ROLLBACK_COMPLETE", "CREATE_FAILED", "ROLLBACK_FAILED", "DELETE_FAILED")
_WITHIN = 120.0
"""Seconds. A stack takes well under one; a custom resource that hangs would take an hour."""


def unsupported(aws: Aws, template_url: str) -> frozenset[str]:
    """The resource types in the template that this AWS does not know."""
    try:
        aws.cloudformation.validate_template(TemplateURL=template_url)
    except ClientError as error:
        types = unknown_types(str(error))
        if not types:
            raise
        return types
    return frozenset()


def apply(aws: Aws, name: str, template_url: str) -> bool:
    """Bring the stack to the template; False when there was nothing to do."""
    status = _status(aws, name)
    if status in _GONE:
        aws.cloudformation.delete_stack(StackName=name)
        _settle(aws, name)
        status = ""
    change = aws.cloudformation.update_stack if status else aws.cloudformation.create_stack
    try:
        change(StackName=name, TemplateURL=template_url, Capabilities=_CAPABILITIES)
    except ClientError as error:
        if "No updates are to be performed" in str(error):
            return False
        raise LocalProblem(
            f"the stack {name} was refused: {error.response['Error'].get('Message', error)}",
            "correct it in infra/, then run: skuflow deploy",
        ) from None
    settled = _settle(aws, name)
    if settled not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise LocalProblem(
            f"the stack {name} ended as {settled or 'nothing'}: {_reason(aws, name)}",
            "correct it in infra/, then run: skuflow deploy",
        )
    return True


def physical_ids(aws: Aws, name: str) -> dict[str, str]:
    """Logical id to physical id of the stack's resources."""
    pages = aws.cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
    return {
        found["LogicalResourceId"]: found.get("PhysicalResourceId", "")
        for page in pages
        for found in page["StackResourceSummaries"]
    }


def _status(aws: Aws, name: str) -> str:
    try:
        return aws.cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
    except ClientError:
        return ""


def _settle(aws: Aws, name: str) -> str:
    deadline = time.monotonic() + _WITHIN
    while (status := _status(aws, name)).endswith("IN_PROGRESS"):
        if time.monotonic() > deadline:
            raise LocalProblem(f"the stack {name} does not get beyond {status}", "run: skuflow down, then: skuflow up")
        time.sleep(0.05)
    return status


def _reason(aws: Aws, name: str) -> str:
    pages = aws.cloudformation.get_paginator("describe_stack_events").paginate(StackName=name)
    failures = [
        f"{event['LogicalResourceId']} ({event['ResourceType']}): {event.get('ResourceStatusReason', 'no reason given')}"
        for page in pages
        for event in page["StackEvents"]
        if "FAILED" in event.get("ResourceStatus", "")
    ]
    # Events come newest first; the first failure is the cause, the rest its consequences.
    return failures[-1] if failures else "no resource failed"
