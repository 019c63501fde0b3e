"""The app, synthesised once per stage and session, with cdk-nag looking on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from aws_cdk import App

from infra.app import assemble, check, settled_context
from infra.config import Stage
from infra.constructs.context_stack import Packages, Site
from tests.infra.templates import Assembly

ACCOUNT = "123456789012"

Synthesise = Callable[[str, str], Assembly]


@pytest.fixture(scope="session")
def synthesise(tmp_path_factory: pytest.TempPathFactory) -> Synthesise:
    """`synthesise(stage, residency)`: the whole app, its layers of third-party code replaced by markers."""
    made: dict[tuple[str, str], Assembly] = {}

    def assembly(stage: str, residency: str) -> Assembly:
        if (stage, residency) not in made:
            directory = tmp_path_factory.mktemp(f"{stage}-{residency}")
            app = App(outdir=str(directory), context=settled_context(), analytics_reporting=False)
            assemble(Site(app, Stage(stage, residency, ACCOUNT), Packages(for_lambda=False)))
            check(app)
            _synthesise_in_spite_of_findings(app)
            made[stage, residency] = Assembly(directory)
        return made[stage, residency]

    return assembly


@pytest.fixture(scope="session")
def staging(synthesise: Synthesise) -> Assembly:
    return synthesise("test", "ca")


@pytest.fixture(scope="session")
def production(synthesise: Synthesise) -> Assembly:
    return synthesise("prod-eu", "eu")


def _synthesise_in_spite_of_findings(app: App) -> None:
    """Findings make synthesis fail after the templates are written; a test of its own reports them by name."""
    try:
        app.synth()
    except RuntimeError as error:
        if "ValidationFailed" not in str(error):
            raise
