"""Layers by reference: each layer becomes a one-file archive that points at a folder of this checkout.

The embedded AWS unpacks every layer again for every worker process, in its own thread. Fifty megabytes a worker would stall
it, and the archives for AWS hold arm64 wheels anyway. It treats `python/lib/*/site-packages` of a layer as a site
directory, so a `.pth` file in there is run. The folder is put in front, as a layer is on AWS: at the end of the path the
packages of the embedded AWS's own environment would win.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import zipfile
from pathlib import Path

from local.problems import LocalProblem
from local.progress import Steps
from local.workspace import Workspace

POINTER_FILE = "python/lib/python3.13/site-packages/skuflow_local.pth"
_DEPENDENCIES = re.compile(r"layer-[a-z]+")
_DOMAIN = re.compile(r"domain-[a-z]+")


def folder_for(workspace: Workspace, layer_name: str) -> Path:
    """The folder that stands for the layer `layer_name` on this machine."""
    if found := _DEPENDENCIES.search(layer_name):
        return workspace.dependency_layer(found[0])
    if _DOMAIN.search(layer_name):
        return workspace.domain_layer
    raise LocalProblem(
        f"the local stage does not know the layer '{layer_name}'",
        "name it domain-<context> or layer-<group>, with requirements/layer-<group>.txt",
    )


def pointer(folder: Path) -> bytes:
    """The archive that stands for `folder`. The same folder gives the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        # JSON's quoting of a path is Python's too.
        line = f"import sys; sys.path.insert(0, {json.dumps(str(folder))})\n"
        archive.writestr(zipfile.ZipInfo(POINTER_FILE), line)
    return packed.getvalue()


def pointer_key(archive: bytes) -> str:
    return f"pointers/{hashlib.sha256(archive).hexdigest()}.zip"


def build(workspace: Workspace, steps: Steps) -> None:
    """Bring the dependency layers for this machine up to date; quick when their requirements did not change."""
    with steps.step("Building the dependency layers"):
        done = subprocess.run(
            [str(workspace.python), "-m", "infra.packaging.build_layers", "--target", "host"],
            cwd=workspace.root,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            reason = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()[-1]
            raise LocalProblem(
                f"building the dependency layers failed: {reason}",
                "check the network and the package index, then run again",
            )
