"""What is different in a template for the embedded AWS: layers become pointers, unknown resource types become placeholders, and
functions that call outside services are told where they are themselves and where the sandbox is.

Nothing else is touched, so that what runs locally is what the CDK app says.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from local.deploy.assembly import Template

PLACEHOLDER = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
_UNKNOWN_TYPES = re.compile(r"Unrecognized resource types: \[([^\]]*)\]")


def resources(template: Template, resource_type: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(logical id, properties) of all resources of one type."""
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] == resource_type:
            yield logical_id, resource.get("Properties", {})


def layer_names(template: Template) -> set[str]:
    """The names of the template's layers. A layer without one goes by its logical id."""
    return {
        properties.get("LayerName", logical_id)
        for logical_id, properties in resources(template, "AWS::Lambda::LayerVersion")
    }


def with_pointers(template: Template, bucket: str, keys: Mapping[str, str]) -> Template:
    """A copy whose layers are the objects `keys[layer name]` of `bucket`."""
    adapted = copy.deepcopy(template)
    for logical_id, properties in resources(adapted, "AWS::Lambda::LayerVersion"):
        key = keys[properties.get("LayerName", logical_id)]
        properties["Content"] = {"S3Bucket": bucket, "S3Key": key}
    return adapted


def layer_keys(template: Template) -> set[str]:
    """The object keys of the template's layers: archives that need no upload once they are pointers."""
    return {properties["Content"]["S3Key"] for _, properties in resources(template, "AWS::Lambda::LayerVersion")}


def calls_outside(template: Template) -> bool:
    """Whether the template has functions that call outside services, the user pool's key list among them."""
    return any(
        _is_told_its_address(properties) or _checks_tokens(properties)
        for _, properties in resources(template, "AWS::Lambda::Function")
    )


def with_surroundings(template: Template, *, here: str, public_url: str, sandbox: str) -> Template:
    """A copy whose functions that call outside services know the API by its local address `public_url`, may call this machine,
    and find the sandbox there at `sandbox`. They turn to it only as long as the credentials that they hold are the sandbox's:
    those of a real app lead to the real service, with nothing else changed. `here` is the embedded AWS's own address, below
    which it publishes the keys of its user pools."""
    adapted = copy.deepcopy(template)
    for _, properties in resources(adapted, "AWS::Lambda::Function"):
        if _checks_tokens(properties):
            properties["Environment"]["Variables"] |= _keys_here(properties["Environment"]["Variables"], here)
        if _is_told_its_address(properties):
            properties["Environment"]["Variables"] |= {
                "PUBLIC_URL": public_url,
                "PROVIDER_SANDBOX_URL": sandbox,
                "OUTBOUND_ALLOW_LOOPBACK": "true",
            }
    return adapted


def _is_told_its_address(function: Mapping[str, Any]) -> bool:
    return "PUBLIC_URL" in function.get("Environment", {}).get("Variables", {})


def _checks_tokens(function: Mapping[str, Any]) -> bool:
    return "TOKEN_ISSUER" in function.get("Environment", {}).get("Variables", {})


def _keys_here(variables: Mapping[str, Any], here: str) -> dict[str, Any]:
    """Where the embedded user pool has its public keys. Its tokens say that Amazon made them, whose keys are elsewhere."""
    address = ["", [f"{here}/", variables["USER_POOL_ID"], "/.well-known/jwks.json"]]
    return {"JWKS_URL": {"Fn::Join": address}, "OUTBOUND_ALLOW_LOOPBACK": "true"}


def unknown_types(message: str) -> frozenset[str]:
    """The resource types that CloudFormation's answer `message` says it does not know."""
    found = _UNKNOWN_TYPES.search(message)
    return frozenset(name.strip() for name in found[1].split(",")) if found else frozenset()


def with_placeholders(template: Template, types: Collection[str]) -> Template:
    """A copy in which each resource of one of `types`, or of a shape that is known to fail, does nothing. References to it
    keep working; outputs and properties that ask for an attribute of it get its id instead, for it has no attributes."""
    adapted = copy.deepcopy(template)
    replaced = {
        name for name, resource in adapted["Resources"].items() if resource["Type"] in types or _fails(resource)
    }
    for name in replaced:
        kept = {key: adapted["Resources"][name][key] for key in ("DependsOn",) if key in adapted["Resources"][name]}
        adapted["Resources"][name] = PLACEHOLDER | kept
    if not replaced:
        return adapted
    result: Template = _without_attributes(adapted, replaced)
    return result


def _fails(resource: Mapping[str, Any]) -> bool:
    """What passes the embedded CloudFormation's validation and fails when it is made: alarms on an expression."""
    return resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource.get("Properties", {})


def _without_attributes(value: Any, replaced: Collection[str]) -> Any:
    if isinstance(value, list):
        return [_without_attributes(item, replaced) for item in value]
    if not isinstance(value, dict):
        return value
    asked = value.get("Fn::GetAtt")
    if isinstance(asked, list) and asked and asked[0] in replaced:
        return {"Ref": asked[0]}
    return {key: _without_attributes(item, replaced) for key, item in value.items()}


def serialised(template: Template) -> bytes:
    """The template's bytes; equal templates give equal bytes."""
    return json.dumps(template, sort_keys=True, separators=(",", ":")).encode()
