"""A template is changed for the embedded AWS in its layers and in what does not exist there, and in nothing else."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from local.deploy import layers
from local.deploy.assembly import read
from local.deploy.rewriting import (
    calls_outside,
    layer_keys,
    layer_names,
    unknown_types,
    with_placeholders,
    with_pointers,
    with_surroundings,
)
from local.deploy.uploading import files_below, packed
from local.problems import LocalProblem
from local.workspace import Workspace
from tests.local.small_app import write_assembly


def template() -> dict[str, Any]:
    return {
        "Resources": {
            "Core": {
                "Type": "AWS::Lambda::LayerVersion",
                "Properties": {"LayerName": "x-layer-core", "Content": {"S3Bucket": "b", "S3Key": "fat.zip"}},
            },
            "domaincatalog": {
                "Type": "AWS::Lambda::LayerVersion",
                "Properties": {"Content": {"S3Bucket": "b", "S3Key": "ours.zip"}},
            },
            "Archive": {"Type": "AWS::Events::Archive", "Properties": {}, "DependsOn": ["Core"]},
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Environment": {"ARCHIVE": {"Fn::GetAtt": ["Archive", "Arn"]}},
                    "Layers": [{"Ref": "Core"}],
                },
            },
        },
        "Outputs": {"Archive": {"Value": {"Fn::GetAtt": ["Archive", "Arn"]}}},
    }


def test_layers_are_taken_from_their_pointers() -> None:
    original = template()
    adapted = with_pointers(original, "pointers", {"x-layer-core": "a.zip", "domaincatalog": "b.zip"})
    assert layer_names(original) == {"x-layer-core", "domaincatalog"}
    assert layer_keys(adapted) == {"a.zip", "b.zip"}
    assert adapted["Resources"]["Core"]["Properties"]["Content"] == {"S3Bucket": "pointers", "S3Key": "a.zip"}
    assert adapted["Resources"]["Function"] == original["Resources"]["Function"]
    assert original == template()


def test_unknown_types_become_placeholders_that_can_be_referred_to() -> None:
    adapted = with_placeholders(template(), {"AWS::Events::Archive"})
    assert adapted["Resources"]["Archive"] == {
        "Type": "AWS::CloudFormation::WaitConditionHandle",
        "DependsOn": ["Core"],
    }
    assert adapted["Outputs"]["Archive"]["Value"] == {"Ref": "Archive"}
    assert adapted["Resources"]["Function"]["Properties"]["Environment"] == {"ARCHIVE": {"Ref": "Archive"}}
    assert adapted["Resources"]["Function"]["Properties"]["Layers"] == [{"Ref": "Core"}]


def test_an_alarm_on_an_expression_becomes_a_placeholder_and_one_on_a_metric_stays() -> None:
    plain = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Errors", "Namespace": "AWS/Lambda"}}
    expression = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": [{"Id": "rate", "Expression": "a / b"}]}}
    adapted = with_placeholders({"Resources": {"Plain": plain, "Expression": expression}}, set())
    assert adapted["Resources"]["Plain"] == plain
    assert adapted["Resources"]["Expression"]["Type"] == "AWS::CloudFormation::WaitConditionHandle"


def test_a_template_of_known_types_stays_as_it_is() -> None:
    assert with_placeholders(template(), set()) == template()


def test_functions_that_call_outside_find_the_api_and_the_sandbox_on_this_machine_and_others_stay() -> None:
    calling = {"SYNC_TABLE": "t", "PUBLIC_URL": {"Fn::Join": ["", ["https://", {"Fn::ImportValue": "api"}]]}}
    original = {
        "Resources": {
            "Calling": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": calling}}},
            "Quiet": {
                "Type": "AWS::Lambda::Function",
                "Properties": {"Environment": {"Variables": {"SYNC_TABLE": "t"}}},
            },
            "Bare": {"Type": "AWS::Lambda::Function", "Properties": {}},
        }
    }
    assert calls_outside(original)
    adapted = with_surroundings(
        original, here="http://127.0.0.1:1", public_url="http://127.0.0.1:1/api", sandbox="http://127.0.0.1:2"
    )
    assert adapted["Resources"]["Calling"]["Properties"]["Environment"]["Variables"] == {
        "SYNC_TABLE": "t",
        "PUBLIC_URL": "http://127.0.0.1:1/api",
        "PROVIDER_SANDBOX_URL": "http://127.0.0.1:2",
        "OUTBOUND_ALLOW_LOOPBACK": "true",
    }
    assert {name: adapted["Resources"][name] for name in ("Quiet", "Bare")} == {
        name: original["Resources"][name] for name in ("Quiet", "Bare")
    }
    assert "PROVIDER_SANDBOX_URL" not in calling
    assert not calls_outside(template())


def test_who_checks_tokens_finds_the_user_pool_s_keys_on_this_machine() -> None:
    pool = {"Fn::ImportValue": "pool"}
    variables = {"USER_POOL_ID": pool, "TOKEN_ISSUER": {"Fn::Join": ["", ["https://cognito-idp/", pool]]}}
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": dict(variables)}}}
    original = {"Resources": {"Checking": function}}
    assert calls_outside(original)
    adapted = with_surroundings(
        original, here="http://127.0.0.1:1", public_url="https://tunnel.example/api", sandbox="http://127.0.0.1:2"
    )
    assert adapted["Resources"]["Checking"]["Properties"]["Environment"]["Variables"] == {
        **variables,
        "JWKS_URL": {"Fn::Join": ["", ["http://127.0.0.1:1/", pool, "/.well-known/jwks.json"]]},
        "OUTBOUND_ALLOW_LOOPBACK": "true",
    }


def test_the_unknown_types_are_read_from_cloudformations_answer() -> None:
    message = "An error occurred: Template format error: Unrecognized resource types: [AWS::Events::Archive, AWS::XRay::Group]"
    assert unknown_types(message) == {"AWS::Events::Archive", "AWS::XRay::Group"}
    assert unknown_types("Template format error: something else") == frozenset()


def test_a_layer_stands_for_a_folder_of_the_checkout() -> None:
    workspace = Workspace(Path("/checkout"))
    assert layers.folder_for(workspace, "skuflow-local-sync-layer-core") == Path(
        "/checkout/build/local/layer-core/python"
    )
    assert layers.folder_for(workspace, "skuflow-local-sync-domain-sync") == Path("/checkout/layers/domain/python")
    with pytest.raises(LocalProblem, match="does not know the layer 'numbers'"):
        layers.folder_for(workspace, "numbers")


def test_a_pointer_puts_its_folder_before_everything_else_on_the_path(tmp_path: Path) -> None:
    folder = tmp_path / 'it\'s a "folder" é'
    folder.mkdir()
    archive = layers.pointer(folder)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        opened.extractall(tmp_path / "layer")
    site = (tmp_path / "layer" / layers.POINTER_FILE).parent
    program = f"import site, sys; site.addsitedir({str(site)!r}); print(sys.path[0])"
    done = subprocess.run([sys.executable, "-X", "utf8", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(folder)
    assert layers.pointer(folder) == archive


def test_stacks_are_read_in_the_order_in_which_they_depend_on_each_other(tmp_path: Path) -> None:
    app = read(write_assembly(tmp_path))
    assert [stack.name for stack in app.stacks] == ["skuflow-local-shared", "skuflow-local-small"]
    assert {stack.region for stack in app.stacks} == {"ca-central-1"}
    assert sorted(asset.source.name for asset in app.assets) == ["asset.code", "asset.layer.zip"]


def test_something_else_than_an_assembly_is_refused(tmp_path: Path) -> None:
    (tmp_path / "readme").write_text(json.dumps({}))
    with pytest.raises(LocalProblem, match="no synthesised CDK app"):
        read(tmp_path)


def test_the_same_files_make_the_same_archive_whenever_they_were_written(tmp_path: Path) -> None:
    for name in ("one", "two"):
        folder = tmp_path / name / "functions"
        (folder / "__pycache__").mkdir(parents=True)
        (folder / "handler.py").write_text("x = 1\n")
        (folder / "__pycache__" / f"handler.{name}.pyc").write_bytes(name.encode())
    one, two = (packed(files_below(tmp_path / name)) for name in ("one", "two"))
    assert one == two
    with zipfile.ZipFile(io.BytesIO(one)) as opened:
        assert opened.namelist() == ["functions/handler.py"]
