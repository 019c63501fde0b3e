"""One changed function, running in about a second: no synthesis, no stack update."""

from __future__ import annotations

from pathlib import Path

from local.aws import Aws
from local.deploy.uploading import files_below, packed
from local.problems import LocalProblem
from local.workspace import Workspace


def redeploy(workspace: Workspace, aws: Aws, function: str) -> int:
    """Replace the code of `function` (`catalog/api`) by what is in its folder; returns the package's size in bytes. Its
    workers start anew, so changes below `layers/domain` arrive as well. Settings and grants need `skuflow deploy`."""
    folder = workspace.root / "functions" / function
    if not (folder / "handler.py").is_file():
        known = ", ".join(functions(workspace)) or "none yet"
        raise LocalProblem(f"there is no function '{function}'", f"functions are: {known}")
    name = aws.function_name(function)
    package = packed(_package(workspace.root, folder))
    try:
        aws.functions.update_function_code(FunctionName=name, ZipFile=package)
    except aws.functions.exceptions.ResourceNotFoundException:
        raise LocalProblem(f"{name} was never deployed", "run: skuflow deploy") from None
    return len(package)


def functions(workspace: Workspace) -> list[str]:
    """All functions of the checkout, as `<context>/<trigger>`."""
    found = (workspace.root / "functions").glob("*/*/handler.py")
    return sorted("/".join(path.parts[-3:-1]) for path in found)


def _package(root: Path, folder: Path) -> list[tuple[str, Path]]:
    """The same files under the same names as in the package that the CDK app makes: the handler's import path is kept."""
    inside = folder.relative_to(root).as_posix()
    files = [(f"{inside}/{name}", path) for name, path in files_below(folder)]
    package, above = root / "functions" / "__init__.py", folder.parent / "__init__.py"
    return files + [(path.relative_to(root).as_posix(), path) for path in (package, above) if path.is_file()]
