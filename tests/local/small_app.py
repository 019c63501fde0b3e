"""A cloud assembly as the CDK writes one, small: a bus with an archive, an API, a function with a layer, a table, a queue."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

BUCKET = "cdk-assets-000000000000-ca-central-1"
REPORT = """
import json
import os
import jmespath
import skuflow

def lambda_handler(event, context):
    if isinstance(event, dict) and event.get("fail"):
        raise RuntimeError(event["fail"])
    if isinstance(event, dict) and event.get("say"):
        print(json.dumps({"level": "INFO", "message": event["say"]}))
    answer = {"environment": dict(os.environ), "jmespath": jmespath.__version__, "greeting": skuflow.GREETING}
    return answer if "routeKey" not in event else {"statusCode": 200, "body": json.dumps(answer)}
"""


def write_assembly(folder: Path, source: str = REPORT) -> Path:
    """The assembly in `folder`, with `source` as the function's code."""
    folder.mkdir(parents=True, exist_ok=True)
    code = folder / "asset.code" / "functions" / "small" / "report"
    code.mkdir(parents=True)
    (code / "handler.py").write_text(source)
    layer = folder / "asset.layer.zip"
    layer.write_bytes(b"never uploaded: the deployment points at a folder instead")
    key = hashlib.sha256(source.encode()).hexdigest() + ".zip"
    templates = {"shared": _shared(), "small": _small(key)}
    artifacts: dict[str, Any] = {}
    for name, template in reversed(templates.items()):
        (folder / f"{name}.template.json").write_text(json.dumps(template))
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": "aws://000000000000/ca-central-1",
            "properties": {"templateFile": f"{name}.template.json", "stackName": f"skuflow-local-{name}"},
            "dependencies": ["shared", "assets"] if name == "small" else [],
        }
    artifacts["assets"] = {"type": "cdk:asset-manifest", "properties": {"file": "assets.json"}}
    (folder / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": artifacts}))
    files = {
        "code": _asset("asset.code", "zip", key),
        "layer": _asset(layer.name, "file", "layer.zip"),
        "template": _asset("small.template.json", "file", "template.json"),
    }
    (folder / "assets.json").write_text(json.dumps({"version": "36.0.0", "files": files}))
    return folder


def _asset(path: str, packaging: str, key: str) -> dict[str, Any]:
    return {
        "source": {"path": path, "packaging": packaging},
        "destinations": {"current": {"bucketName": BUCKET, "objectKey": key}},
    }


def _resource(kind: str, **properties: object) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def _shared() -> dict[str, Any]:
    return {
        "Resources": {
            "Bus": _resource("Events::EventBus", Name="skuflow-local"),
            "Archive": _resource(
                "Events::Archive",
                ArchiveName="skuflow-local-archive",
                SourceArn={"Fn::GetAtt": ["Bus", "Arn"]},
                RetentionDays=7,
            ),
            "Api": _resource(
                "ApiGatewayV2::Api",
                Name="small",
                ProtocolType="HTTP",
                Tags={"ms-custom-id": "smallapi"},
                CorsConfiguration={"AllowOrigins": ["https://shop.example"], "AllowMethods": ["GET"]},
            ),
        },
        "Outputs": {
            "ApiId": {"Value": {"Ref": "Api"}, "Export": {"Name": "small-api"}},
            "ApiUrl": {"Value": "https://unused.example"},
            "EventBusName": {"Value": {"Ref": "Bus"}},
            "ArchiveArn": {"Value": {"Fn::GetAtt": ["Archive", "Arn"]}},
        },
    }


def _small(code_key: str) -> dict[str, Any]:
    api = {"Fn::ImportValue": "small-api"}
    invocation = "arn:aws:apigateway:ca-central-1:lambda:path/2015-03-31/functions/${Function.Arn}/invocations"
    layers = {
        name: _resource(
            "Lambda::LayerVersion",
            LayerName=f"skuflow-local-small-{layer}",
            Content={"S3Bucket": BUCKET, "S3Key": "layer.zip"},
        )
        for name, layer in {"Core": "layer-core", "Domain": "domain-small"}.items()
    }
    return {
        "Parameters": {
            "BootstrapVersion": {
                "Type": "AWS::SSM::Parameter::Value<String>",
                "Default": "/cdk-bootstrap/hnb659fds/version",
            }
        },
        "Resources": {
            **layers,
            "Function": _resource(
                "Lambda::Function",
                FunctionName="skuflow-local-small-report",
                Runtime="python3.13",
                Handler="functions.small.report.handler.lambda_handler",
                Code={"S3Bucket": BUCKET, "S3Key": code_key},
                Layers=[{"Ref": "Core"}, {"Ref": "Domain"}],
                Role="arn:aws:iam::000000000000:role/small",
                Timeout=10,
                ReservedConcurrentExecutions=3,
                Environment={"Variables": {"SKUFLOW_STAGE": "local"}},
            ),
            "DeadLetters": _resource("SQS::Queue", QueueName="skuflow-local-small-report-dlq"),
            "Queue": _resource("SQS::Queue", QueueName="skuflow-local-small-report", VisibilityTimeout=60),
            "Consumer": _resource(
                "Lambda::EventSourceMapping",
                FunctionName={"Ref": "Function"},
                EventSourceArn={"Fn::GetAtt": ["Queue", "Arn"]},
            ),
            "Table": _resource(
                "DynamoDB::Table",
                TableName="skuflow-local-small",
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                TimeToLiveSpecification={"AttributeName": "expires_at", "Enabled": True},
            ),
            "Integration": _resource(
                "ApiGatewayV2::Integration",
                ApiId=api,
                IntegrationType="AWS_PROXY",
                IntegrationUri={"Fn::Sub": invocation},
                PayloadFormatVersion="2.0",
            ),
            "Route": _resource(
                "ApiGatewayV2::Route",
                ApiId=api,
                RouteKey="GET /report",
                Target={"Fn::Sub": "integrations/${Integration}"},
            ),
            "Stage": _resource("ApiGatewayV2::Stage", ApiId=api, StageName="$default", AutoDeploy=True),
        },
    }
