"""`python -m local.sandbox --port N`: runs until it is ended. It listens on loopback only."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import uvicorn

from local.problems import LocalProblem
from local.sandbox.app import Sandbox
from local.sandbox.provider import Options

DEFAULT_PORT = 4600
SECRET = "sandbox-secret"  # noqa: S105 - opens nothing but the sandbox


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.sandbox", description="Outside services on loopback.")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--state", type=Path, help="keep the state in this JSON file")
    parser.add_argument("--app-secret", default=os.environ.get("SKUFLOW_SANDBOX_SECRET", SECRET))
    parser.add_argument("--platform", default="http://127.0.0.1:4566", help="the platform's base URL")
    parser.add_argument(
        "--compliance-url", help="takes privacy webhooks; the platform's /v1/shopify/webhooks if left out"
    )
    parser.add_argument("--no-default-shop", action="store_true", help="start without harbour-and-field.myshopify.com")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    platform = given.platform.rstrip("/")
    options = Options(
        base_url=f"http://127.0.0.1:{given.port}",
        app_secret=given.app_secret,
        platform=platform,
        compliance_url=given.compliance_url or f"{platform}/v1/shopify/webhooks",
        default_shop=not given.no_default_shop,
    )
    try:
        sandbox = Sandbox(options, given.state)
    except LocalProblem as problem:
        raise SystemExit(f"error: {problem.detail} → {problem.remedy}") from None
    uvicorn.run(
        sandbox.app(),
        host="127.0.0.1",
        port=given.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
