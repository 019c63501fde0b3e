"""Where things are: every resource, ARN, endpoint and name of a region in a stage's templates, walked to the last string."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from infra.config import REGIONS
from tests.infra.rules import rule
from tests.infra.templates import Assembly, Resource

REGION = re.compile(
    r"\b(?:us-gov|us-isob?|eu-isoe|af|ap|ca|cn|eu|il|me|mx|sa|us)"
    r"-(?:central|north|south|east|west|northeast|northwest|southeast|southwest)-\d"
)
ARN = re.compile(r"arn:(?P<partition>[\w-]*):(?P<service>[\w-]*):(?P<region>[^:/]*):")
HOST = re.compile(r"(?P<host>(?:[\w<>-]+\.)+)amazonaws\.com(?P<china>\.cn)?")
WITHOUT_REGION = frozenset({"iam", "s3"})
"""Services whose ARNs name no region. A bucket's own is that of its stack."""

EVERYWHERE = (
    "AWS::CloudFront::",
    "AWS::Route53",
    "AWS::GlobalAccelerator::",
    "AWS::WAF::",
    "AWS::DynamoDB::GlobalTable",
)
"""What lives at the edge, or in several regions at once."""

ELSEWHERE = {
    "MultiRegion": lambda value: value is True,
    "ReplicaRegions": bool,
    "Replicas": bool,
    "ReplicationConfiguration": bool,
    "ReplicateTo": lambda value: value != "NONE",
    "Scope": lambda value: value == "CLOUDFRONT",
}
"""Properties that send data, or a copy of it, to another region."""


def strings(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every string below `value` with the keys that lead there; keys are strings too."""
    match value:
        case str():
            yield path, value
        case dict():
            for key, part in value.items():
                yield (*path, key), key
                yield from strings(part, (*path, key))
        case list():
            for part in value:
                yield from strings(part, path)


def joined(assembly: Assembly, resource: Resource) -> Iterator[tuple[tuple[str, ...], str]]:
    """As `strings`, with what CloudFormation will put together put together: an address may be in pieces."""
    yield from strings(whole(assembly, resource.stack, resource.body))


def whole(assembly: Assembly, stack: str, value: Any) -> Any:
    match value:
        case {"Fn::Join": _} | {"Ref": "AWS::Region"}:
            return assembly.text(stack, value)
        case dict():
            return {key: whole(assembly, stack, part) for key, part in value.items()}
        case list():
            return [whole(assembly, stack, part) for part in value]
        case _:
            return value


def astray(text: str, path: tuple[str, ...], region: str) -> Iterator[str]:
    """What in `text` is, or may be, outside of `region`."""
    yield from (found for found in REGION.findall(text) if found != region)
    for arn in ARN.finditer(text):
        nowhere = arn["region"] == "" and arn["service"] in WITHOUT_REGION
        if arn["partition"] != "aws" or not (nowhere or arn["region"] == region):
            yield arn[0]
    for host in HOST.finditer(text):
        principal = path[-1] in ("Service", "Principal", "SourceService") and re.fullmatch(
            r"[a-z0-9-]+\.", host["host"]
        )
        if host["china"] or not (principal or f".{region}." in f".{host['host']}"):
            yield host[0]


@rule
def everything_is_in_the_region_of_the_residency(assembly: Assembly) -> list[str]:
    faults = []
    region = region_of(assembly)
    for name, artifact in assembly.stacks.items():
        if artifact["environment"].rpartition("/")[2] != region:
            faults.append(f"{name}: {artifact['environment']}")
    for resource in assembly.all():
        for path, text in joined(assembly, resource):
            faults += [f"{resource.where}/{'/'.join(path)}: {found}" for found in astray(text, path, region)]
    for name, template in assembly.templates.items():
        besides = {part: template.get(part, {}) for part in ("Outputs", "Mappings", "Parameters", "Conditions")}
        for path, text in strings(whole(assembly, name, besides)):
            faults += [f"{name}/{'/'.join(path)}: {found}" for found in astray(text, path, region)]
    return faults


@rule
def nothing_lives_at_the_edge_or_is_copied_elsewhere(assembly: Assembly) -> list[str]:
    faults = [f"{r.where}: {r.type}" for r in assembly.all() if r.type.startswith(EVERYWHERE)]
    for resource in assembly.all():
        for key, tells in ELSEWHERE.items():
            if key in resource.properties and tells(resource.properties[key]):
                faults.append(f"{resource.where}/{key}")
    return faults


def region_of(assembly: Assembly) -> str:
    """Where the stage belongs by the residency that its own tags state."""
    said = {
        tag["Value"]
        for queue in assembly.all("AWS::SQS::Queue")
        for tag in queue.properties["Tags"]
        if tag["Key"] == "residency"
    }
    (residency,) = said
    return REGIONS[residency]
