"""A stack of one context, and the packages that its functions are made of."""

from __future__ import annotations

from dataclasses import dataclass, field

from aws_cdk import App, Stack, Tags
from aws_cdk import aws_lambda as lambda_

from infra.config import Stage
from infra.constructs.inventory import Inventory, Parts
from infra.constructs.nag import acknowledge
from infra.packaging.archive import digest_of, write_zip
from infra.packaging.build_layers import build_layer
from infra.packaging.layout import CHECKOUT, Layout, Package
from infra.packaging.sources import domain_package, function_package

RUNTIME_REASON = (
    "Wheels and bytecode are built for python3.13; the runtime moves together with the pinned requirements."
)


@dataclass(frozen=True, slots=True)
class Packages:
    """Builds what is uploaded. `for_lambda` False: layers of third-party code are not fetched for Lambda, a marker stands in
    their place; for the local stage, which brings its own, and for tests of templates."""

    for_lambda: bool = True
    layout: Layout = CHECKOUT

    def function(self, context: str, trigger: str) -> Package:
        return function_package(context, trigger, self.layout)

    def layer(self, name: str) -> Package:
        if name.startswith("domain-"):
            return domain_package(name.removeprefix("domain-"), self.layout)
        return build_layer(name, "lambda", self.layout) if self.for_lambda else self._marker(name)

    def _marker(self, name: str) -> Package:
        directory = self.layout.build / "markers" / name
        digest = digest_of([("marker", (self.layout.requirements / f"{name}.txt").read_bytes())])
        archive = self.layout.archive(f"marker-{name}", digest)
        if not archive.exists():
            directory.mkdir(parents=True, exist_ok=True)
            (directory / "README").write_text(
                f"{name} is not packaged for Lambda in this assembly.\n", encoding="utf-8"
            )
            write_zip(directory, archive)
        return Package(name, directory, archive, digest)


@dataclass(frozen=True, slots=True)
class Site:
    """Where and from what stacks are built."""

    app: App
    stage: Stage
    packages: Packages = field(default_factory=Packages)
    inventory: Inventory = field(default_factory=Inventory)


class ContextStack(Stack):
    """`part` names what changes apart from the functions, e.g. `data`."""

    def __init__(self, site: Site, context: str, *, part: str = "") -> None:
        parts = (context, part) if part else (context,)
        super().__init__(
            site.app,
            site.stage.named(*parts),
            env=site.stage.environment,
            analytics_reporting=False,
            termination_protection=site.stage.production,
            description=f"Skuflow, stage {site.stage.name}: {' '.join(parts)}",
        )
        self.site = site
        self.stage = site.stage
        self.context = context
        self._layers: dict[str, lambda_.LayerVersion] = {}
        for key, value in self._tags().items():
            Tags.of(self).add(key, value)
        acknowledge(self, "L1", RUNTIME_REASON)

    @property
    def parts(self) -> Parts:
        """Where the constructs of this context note what they make."""
        return self.site.inventory.of(self.context)

    def label(self, trigger: str) -> str:
        """`<context>-<trigger>`, as in the names of functions, queues and alarms."""
        return f"{self.context}-{trigger}".replace("_", "-")

    def layer(self, name: str) -> lambda_.LayerVersion:
        """The layer `name`, one per stack: a layer version shared between stacks could never be replaced, because the
        stack that exports it may not change an export in use."""
        if name not in self._layers:
            package = self.site.packages.layer(name)
            self._layers[name] = lambda_.LayerVersion(
                self,
                name,
                layer_version_name=self.stage.named(self.context, name),
                code=lambda_.Code.from_asset(str(package.archive), asset_hash=package.digest),
                compatible_architectures=[lambda_.Architecture.ARM_64],
                compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
            )
        return self._layers[name]

    def _tags(self) -> dict[str, str]:
        """What costs are told apart by."""
        return {
            "project": "skuflow",
            "stage": self.stage.name,
            "context": self.context,
            "residency": self.stage.residency,
        }
