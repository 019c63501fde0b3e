"""A local platform as a whole: an instance of the embedded AWS with this checkout's app deployed to it, and a sandbox beside it."""

from __future__ import annotations

from dataclasses import replace

from local.aws import embedded
from local.deploy.deployment import deploy
from local.operations import shopify_app
from local.problems import LocalProblem
from local.progress import Steps
from local.stage import process, sandbox
from local.stage.installation import install
from local.stage.instance import Instance
from local.workspace import Workspace


def configured(
    found: Instance, *, keep: bool | None = None, residency: str | None = None, tunnel: str | None = None
) -> Instance:
    """`found` with other settings; None leaves one as it was. Settings take effect at a start, so a running instance, or kept
    state in another region, refuses them."""
    wanted = replace(
        found,
        kept=found.kept if keep is None else keep,
        residency=found.residency if residency is None else residency,
        tunnel=found.tunnel if tunnel is None else tunnel,
    )
    if wanted == found:
        return found
    if process.is_ready(found):
        raise LocalProblem(f"'{found.name}' is running already, with other settings", "run: skuflow down, then again")
    if found.kept and wanted.residency != found.residency:
        raise LocalProblem(
            f"the kept state of '{found.name}' lives in {found.region}",
            "empty it first with: skuflow reset, or take another --instance",
        )
    return wanted


def bring_up(workspace: Workspace, instance: Instance, steps: Steps) -> Instance:
    """The instance, running, with the checkout's app on it; quick when that is so already."""
    interpreter = install(workspace, steps)
    if not process.is_ready(instance):
        process.stop(instance)
        with steps.step("Starting the embedded AWS") as note:
            instance = process.start(instance, interpreter)
            note(instance.endpoint)
    return _complete(workspace, instance, steps)


def take_down(instance: Instance) -> bool:
    """Stop the embedded AWS and the sandbox; returns whether the platform was running."""
    return process.stop(sandbox.stop(instance))


def reset(workspace: Workspace, instance: Instance, steps: Steps) -> bool:
    """Empty the instance. A running one stays up, with the app deployed afresh; returns whether it was running."""
    running = process.is_ready(instance)
    # What the sandbox's shops know of the platform, webhooks to send and tokens given out, ends with the platform's state.
    instance = sandbox.forget(sandbox.stop(instance))
    if not running:
        process.stop(instance)
        instance.erase()
        return False
    with steps.step("Emptying the embedded AWS"):
        process.empty(instance)
    _complete(workspace, instance, steps)
    return True


def _complete(workspace: Workspace, instance: Instance, steps: Steps) -> Instance:
    """A running embedded AWS becomes the platform."""
    if not sandbox.is_ready(instance):
        with steps.step("Starting the sandbox of outside services") as note:
            instance = sandbox.start(workspace, instance)
            note(instance.sandbox)
    deploy(workspace, instance, steps)
    aws = embedded(instance)
    sandbox.introduce(instance, aws.api_url())
    shopify_app.adopt_sandbox(aws, instance.app_secret)
    return instance
