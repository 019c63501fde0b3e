"""The CDK app. `python -m infra.app` writes the cloud assembly to CDK_OUTDIR (default: cdk.out).

Context: `stage` (required), `residency` (ca, us, eu, in; default ca), `docs` (the https:// address below which people read this
repository; alarms link there), `packages` (`lambda`, default; `host`: third-party layers are left to whoever deploys, as the
local stage does), `nag` (true: check the AWS Solutions rules and fail on a finding).
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from aws_cdk import App, Validations

from infra import dashboards
from infra.access.data import AccessData
from infra.access.stack import AccessStack
from infra.billing.data import BillingData
from infra.billing.stack import BillingStack
from infra.catalog.data import CatalogData
from infra.catalog.stack import CatalogStack
from infra.config import stage_of
from infra.constructs.context_stack import Packages, Site
from infra.packaging.build_layers import CannotBuild
from infra.packaging.layout import REPOSITORY
from infra.platform.stack import PlatformStack
from infra.quality.data import QualityData
from infra.quality.stack import QualityStack
from infra.shared.stack import SharedStack
from infra.sync.data import SyncData
from infra.sync.stack import SyncStack


def assemble(site: Site) -> None:
    """All stacks of one stage. An arrow never points back: data and shared stacks know no function stack."""
    shared = SharedStack(site)
    access = AccessStack(site, shared=shared, data=AccessData(site))
    sync = SyncStack(site, shared=shared, data=SyncData(site), authorizer_id=access.authorizer_id)
    catalog = CatalogStack(site, shared=shared, data=CatalogData(site), authorizer_id=access.authorizer_id)
    quality = QualityStack(site, shared=shared, data=QualityData(site), authorizer_id=access.authorizer_id)
    billing = BillingStack(site, shared=shared, data=BillingData(site), authorizer_id=access.authorizer_id)
    platform = PlatformStack(site, shared=shared, authorizer_id=access.authorizer_id)
    dashboards.add([shared, access, sync, catalog, quality, billing, platform], api_id=shared.api.api_id)


def settled_context() -> dict[str, Any]:
    """The context of cdk.json, which the CDK command line reads by itself and a plain run would miss."""
    context: dict[str, Any] = json.loads((REPOSITORY / "cdk.json").read_text(encoding="utf-8"))["context"]
    return context


def check(app: App) -> None:
    """Have synthesis fail on what the AWS Solutions rules find and nobody accepted with a reason."""
    from cdk_nag import AwsSolutionsChecks

    Validations.of(app).add_plugins(AwsSolutionsChecks(app))


def main() -> None:
    app = App(context=settled_context(), analytics_reporting=False)
    asked = {name: app.node.try_get_context(name) for name in ("stage", "residency", "docs", "packages", "nag")}
    for_lambda = asked["packages"] != "host"
    # CDK's own look at the templates takes as long as all the rest; what never reaches AWS goes without it.
    app.node.set_context("@aws-cdk/core:validateAgainstDefaultRules", for_lambda)
    try:
        assemble(Site(app, stage_of(asked, os.environ), Packages(for_lambda)))
    except (ValueError, FileNotFoundError, CannotBuild) as error:
        sys.exit(f"infra: {error}")
    if str(asked["nag"]).lower() == "true":
        check(app)
    try:
        app.synth()
    except RuntimeError as error:
        if "ValidationFailed" not in str(error):
            raise
        sys.exit("infra: the findings above need mending, or a reason beside their resource")


if __name__ == "__main__":
    main()
