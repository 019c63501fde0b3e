"""The whole way from the checkout to running functions, skipping what did not change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from local.aws import Aws, embedded
from local.deploy import assembly as cdk
from local.deploy import completion, layers, stacks, uploading
from local.deploy.rewriting import (
    calls_outside,
    layer_keys,
    layer_names,
    resources,
    serialised,
    with_placeholders,
    with_pointers,
    with_surroundings,
)
from local.deploy.synthesis import fingerprint, synthesise
from local.problems import LocalProblem
from local.progress import Steps
from local.stage.instance import Instance
from local.workspace import Workspace

BUCKET = "skuflow-local-deployment"
"""Holds the adapted templates and the layer pointers."""
_BOOTSTRAP_VERSION = "30"


@dataclass(frozen=True, slots=True)
class Deployed:
    """`changed`: the stacks created or updated now. `placeholders`: resource types without a counterpart here."""

    changed: tuple[str, ...]
    placeholders: tuple[str, ...]
    functions: int


def deploy(workspace: Workspace, instance: Instance, steps: Steps) -> Deployed:
    """Deploy the checkout's CDK app to a running instance."""
    layers.build(workspace, steps)
    folder = synthesise(workspace, instance.residency, steps)
    code = fingerprint(workspace.root, ("layers", "requirements"))
    before = _remembered(instance)
    surroundings = [instance.endpoint, instance.sandbox, instance.tunnel]
    if before.get("assembly") == folder.name and before.get("surroundings") == surroundings:
        return Deployed((), tuple(before["placeholders"]), before["functions"])
    with steps.step("Deploying to the embedded AWS") as note:
        aws = embedded(instance)
        deployed = deploy_assembly(workspace, aws, folder, note, sandbox=instance.sandbox, tunnel=instance.tunnel)
        if before and before["code"] != code:
            # Layers are pointers, so no stack changes with them: running workers would keep the old code.
            recycle(aws, folder)
        note(f"{deployed.functions} functions")
    made = {"assembly": folder.name, "code": code, "surroundings": surroundings}
    instance.deployed.write_text(json.dumps(made | asdict(deployed)))
    return deployed


def deploy_assembly(
    workspace: Workspace, aws: Aws, folder: Path, note: Callable[[str], None], *, sandbox: str = "", tunnel: str = ""
) -> Deployed:
    """Deploy the synthesised app in `folder`: assets first, then the stacks in order. `note` is told which stack is next.
    `sandbox` is the base URL of what stands for outside services, `tunnel` the one by which they reach the embedded AWS."""
    app = cdk.read(folder)
    _check_regions(app, aws)
    uploading.upload(aws, app.assets, without={key for stack in app.stacks for key in layer_keys(stack.template)})
    uploading.prepare(aws, BUCKET)
    changed: list[str] = []
    placeholders: set[str] = set()
    for stack in app.stacks:
        note(stack.name)
        _announce_bootstrap(aws, stack.template)
        template = with_pointers(stack.template, BUCKET, _pointers(workspace, aws, stack.template))
        if calls_outside(template):
            # The API is in a stack before this one.
            here, public = aws.endpoint or "", aws.api_url(tunnel)
            template = with_surroundings(template, here=here, public_url=public, sandbox=sandbox)
        unknown = stacks.unsupported(aws, _publish(aws, template))
        if stacks.apply(aws, stack.name, _publish(aws, with_placeholders(template, unknown))):
            changed.append(stack.name)
            completion.complete(aws, stack.template, stacks.physical_ids(aws, stack.name))
        placeholders |= unknown
    functions = sum(len(list(resources(stack.template, "AWS::Lambda::Function"))) for stack in app.stacks)
    return Deployed(tuple(changed), tuple(sorted(placeholders)), functions)


def _check_regions(app: cdk.Assembly, aws: Aws) -> None:
    elsewhere = sorted({stack.region for stack in app.stacks} - {aws.region})
    if elsewhere:
        raise LocalProblem(
            f"the app means to deploy to {', '.join(elsewhere)}, the instance stands for {aws.region}",
            "make infra/config.py and local/stage/instance.py agree on the region of each residency",
        )


def _announce_bootstrap(aws: Aws, template: cdk.Template) -> None:
    """The templates ask for the version of the CDK's bootstrap stack, which nobody needs here."""
    for parameter in template.get("Parameters", {}).values():
        if parameter["Type"] == "AWS::SSM::Parameter::Value<String>" and "cdk-bootstrap" in parameter["Default"]:
            aws.ssm.put_parameter(Name=parameter["Default"], Value=_BOOTSTRAP_VERSION, Type="String", Overwrite=True)


def _pointers(workspace: Workspace, aws: Aws, template: cdk.Template) -> dict[str, str]:
    """Layer name to the object key of its pointer, uploaded."""
    keys: dict[str, str] = {}
    for name in layer_names(template):
        archive = layers.pointer(layers.folder_for(workspace, name))
        keys[name] = layers.pointer_key(archive)
        uploading.put(aws, BUCKET, keys[name], archive)
    return keys


def _publish(aws: Aws, template: cdk.Template) -> str:
    body = serialised(template)
    key = f"templates/{hashlib.sha256(body).hexdigest()}.json"
    uploading.put(aws, BUCKET, key, body)
    return f"{aws.endpoint}/{BUCKET}/{key}"


def recycle(aws: Aws, folder: Path) -> None:
    """Give every function the code that it has: its workers start anew."""
    app = cdk.read(folder)
    bucket_of = {asset.key: asset.bucket for asset in app.assets}
    for stack in app.stacks:
        for _, properties in resources(stack.template, "AWS::Lambda::Function"):
            key = properties["Code"].get("S3Key")
            if key in bucket_of:
                aws.functions.update_function_code(
                    FunctionName=properties["FunctionName"], S3Bucket=bucket_of[key], S3Key=key
                )


def _remembered(instance: Instance) -> dict[str, Any]:
    if not instance.deployed.is_file():
        return {}
    remembered: dict[str, Any] = json.loads(instance.deployed.read_text())
    return remembered
