"""The packages as they are uploaded: every function starts from its own alone; wheels are Lambda's; sizes are within limits."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from email.parser import Parser
from pathlib import Path

import pytest

from infra.packaging.archive import files_of, size_of, write_zip
from infra.packaging.build_layers import LAYERS, build_layer
from infra.packaging.sources import domain_package, function_package
from infra.packaging.trim import AWS_SERVICES
from tests.architecture.repository import ROOT, doors
from tests.infra.templates import Assembly

pytestmark = pytest.mark.slow

DOORS = [f"{context}/{trigger}" for context, trigger in doors()]
STARTER = ROOT / "tests" / "infra" / "starting.py"
ALONE = [sys.executable, "-I", "-S", "-B"]
"""No environment, no current directory, no site-packages: only the standard library."""

UNZIPPED_LIMIT = 250_000_000
AARCH64 = 183


def layer_names(staging: Assembly, door: str) -> list[str]:
    """The layers that the template gives to the function, by the names that packages have."""
    function = staging.functions[door]
    layers = [staging.target(function.stack, layer) for layer in function.properties["Layers"]]
    prefix = f"skuflow-test-{door.split('/', maxsplit=1)[0]}-"
    return [layer.properties["LayerName"].removeprefix(prefix) for layer in layers if layer]


def directory_of(layer: str, target: str) -> Path:
    if layer.startswith("domain-"):
        return domain_package(layer.removeprefix("domain-")).directory
    return build_layer(layer, "host" if target == "host" else "lambda").directory


def dummy_environment(staging: Assembly, door: str) -> dict[str, str]:
    """What Lambda would set: names are what matters, nothing is called."""
    given = {
        name: value if isinstance(value, str) else "given"
        for name, value in staging.environment(staging.functions[door]).items()
    }
    return {
        **given,
        "AWS_LAMBDA_FUNCTION_NAME": staging.functions[door].properties["FunctionName"],
        "AWS_REGION": "ca-central-1",
        "AWS_DEFAULT_REGION": "ca-central-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }


@pytest.mark.parametrize("door", DOORS)
def test_the_function_starts_from_its_built_package_alone(staging: Assembly, door: str) -> None:
    """It is imported and builds its dependencies, as in Lambda's INIT, with no package of the project in reach."""
    context, trigger = door.split("/")
    package = function_package(context, trigger)
    layers = [str(directory_of(layer, "host") / "python") for layer in layer_names(staging, door)]
    asked = {"path": [str(package.directory), *layers], "handler": f"functions.{context}.{trigger}.handler"}
    done = subprocess.run(
        [*ALONE, str(STARTER)],
        input=json.dumps(asked),
        env=dummy_environment(staging, door),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == {}


@pytest.mark.parametrize("door", DOORS)
def test_a_function_and_its_layers_stay_far_below_lambdas_limit(staging: Assembly, door: str) -> None:
    context, trigger = door.split("/")
    layers = layer_names(staging, door)
    total = size_of(function_package(context, trigger).directory)
    total += sum(size_of(directory_of(layer, "lambda")) for layer in layers)
    assert len(layers) <= 5
    assert total < UNZIPPED_LIMIT / 5


@pytest.mark.parametrize("layer", LAYERS)
def test_compiled_parts_are_for_lambdas_processor_and_python(layer: str) -> None:
    for path in build_layer(layer, "lambda").directory.rglob("*.so*"):
        assert int.from_bytes(path.read_bytes()[18:20], "little") == AARCH64, path.name
        # What a wheel brings along in `<name>.libs` is called by its own version, and knows no Python.
        assert path.parent.suffix == ".libs" or re.search(r"cpython-313|abi3", path.name), path.name


@pytest.mark.parametrize("layer", LAYERS)
def test_every_licence_that_a_distribution_names_is_shipped(layer: str) -> None:
    site = build_layer(layer, "lambda").directory / "python"
    distributions = list(site.glob("*.dist-info"))
    assert distributions
    for distribution in distributions:
        about = Parser().parsestr((distribution / "METADATA").read_text(encoding="utf-8"), headersonly=True)
        for name in about.get_all("License-File") or []:
            found = [place for place in (distribution / "licenses" / name, distribution / name) if place.is_file()]
            assert found, f"{distribution.name}: {name}"


def test_no_distribution_is_in_two_layers() -> None:
    names = [
        d.name for layer in LAYERS for d in (build_layer(layer, "lambda").directory / "python").glob("*.dist-info")
    ]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("layer", LAYERS)
def test_zipping_a_layer_again_gives_the_same_bytes(layer: str, tmp_path: Path) -> None:
    package = build_layer(layer, "lambda")
    write_zip(package.directory, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == package.archive.read_bytes()


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_holds_no_note_of_the_machine_that_built_it(layer: str) -> None:
    home = build_layer(layer, "lambda").directory
    tellers = {"RECORD", "INSTALLER", "direct_url.json", "uv_cache.json"}
    assert [path for path in files_of(home) if path.name in tellers] == []
    root = str(ROOT).encode()
    assert [path for path in files_of(home) if root in path.read_bytes()] == []


def run_in_layers(code: str, *layers: str) -> str:
    paths = [str(build_layer(layer, "host").directory / "python") for layer in layers]
    program = f"import sys; sys.path[:0] = {paths!r}\n{code}"
    return subprocess.run([*ALONE, "-c", program], capture_output=True, text=True, check=True, env={}).stdout.strip()


def test_the_services_that_are_called_survive_trimming_and_no_others() -> None:
    listed = run_in_layers(
        "import botocore.session as s; print(*s.get_session().get_available_services())", "layer-core"
    )
    assert set(listed.split()) == AWS_SERVICES


@pytest.mark.parametrize(
    ("locale", "currency", "expected"),
    [
        ("en_US", "USD", "$1,234,567.50"),
        ("en_CA", "CAD", "$1,234,567.50"),
        ("en_IN", "INR", "₹12,34,567.50"),
        ("hi_IN", "INR", "₹12,34,567.50"),
        ("fr_CA", "CAD", "1 234 567,50 $"),
    ],
)
def test_prices_can_be_written_in_every_locale_that_was_kept(locale: str, currency: str, expected: str) -> None:
    code = (
        "from decimal import Decimal; from babel.numbers import format_currency\n"
        f"print(ascii(format_currency(Decimal('1234567.50'), {currency!r}, locale={locale!r})))"
    )
    written = run_in_layers(code, "layer-core", "layer-http").strip("'\"")
    plain = written.encode().decode("unicode_escape").replace("\xa0", " ").replace("\u202f", " ")
    assert plain == expected
