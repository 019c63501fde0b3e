"""The bills of materials list all that is shipped, each with a licence that lets us ship it, in a form that tools can read."""

from __future__ import annotations

import json
from email.parser import HeaderParser
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from license_expression import get_spdx_licensing
from packageurl import PackageURL

from infra.packaging.bill_of_materials import NoLicence, bill, distributions
from infra.packaging.build_layers import LAYERS, Build, build_layer
from infra.packaging.layout import Package
from infra.packaging.requirements import read_pins

PERMITTED = {
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-2.0",
    "OFL-1.1",
    "PSF-2.0",
}
"""Licences that ask for no more than a notice, or (MPL) for the source of the files themselves, which is what is shipped."""


def bill_of(layer: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bill(build_layer(layer, "lambda")))
    return found


def licence_of(component: dict[str, Any]) -> str:
    (licence,) = component["licenses"]
    return str(licence.get("expression") or licence["license"].get("id") or licence["license"]["name"])


def made(tmp_path: Any, metadata: str) -> Package:
    """A layer with one distribution of this metadata."""
    info = tmp_path / "layer" / "python" / "thing-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n{metadata}\n", encoding="utf-8")
    (tmp_path / "layer.zip").write_bytes(b"zip")
    return Package("layer", tmp_path / "layer", tmp_path / "layer.zip", "0" * 64)


@pytest.mark.slow
@pytest.mark.parametrize("layer", LAYERS)
def test_a_bill_lists_every_distribution_in_the_layer_and_no_other(layer: str) -> None:
    site = build_layer(layer, "lambda").directory / "python"
    abouts = [HeaderParser().parsestr(p.read_text(encoding="utf-8")) for p in site.glob("*.dist-info/METADATA")]
    shipped = {(about["Name"], about["Version"]) for about in abouts}
    assert shipped
    assert len(list(site.glob("*.dist-info"))) == len(shipped)
    assert {(one["name"], one["version"]) for one in bill_of(layer)["components"]} == shipped


@pytest.mark.slow
@pytest.mark.parametrize("layer", LAYERS)
def test_a_bill_says_the_versions_that_are_pinned_by_their_package_urls(layer: str) -> None:
    pins = read_pins(Build(layer, "lambda").layout.requirements / f"{layer}.txt")
    for component in bill_of(layer)["components"]:
        address = PackageURL.from_string(component["purl"])
        assert (address.type, address.version) == ("pypi", pins[address.name][0])


@pytest.mark.slow
@pytest.mark.parametrize("layer", LAYERS)
def test_all_that_is_shipped_comes_under_a_licence_that_permits_it(layer: str) -> None:
    """Where there is a choice (`OR`), one of them is enough."""
    spdx = get_spdx_licensing()
    for component in bill_of(layer)["components"]:
        said = licence_of(component)
        assert spdx.validate(said).errors == [], component["name"]
        known = {name: spdx.TRUE if name in PERMITTED else spdx.FALSE for name in spdx.license_keys(said)}
        assert spdx.parse(said).subs({spdx.parse(k): v for k, v in known.items()}, simplify=True) == spdx.TRUE, said


@pytest.mark.slow
@pytest.mark.parametrize("layer", LAYERS)
def test_a_bill_is_valid_cyclonedx_and_says_of_what(layer: str) -> None:
    text = bill(build_layer(layer, "lambda"))
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    document = json.loads(text)
    assert document["metadata"]["component"]["name"] == layer
    (root,) = (one for one in document["dependencies"] if one["ref"] == layer)
    assert sorted(root["dependsOn"]) == sorted(one["bom-ref"] for one in document["components"])


@pytest.mark.slow
def test_the_same_layer_gives_the_same_bytes() -> None:
    layer = build_layer("layer-text", "lambda")
    assert bill(layer) == bill(layer)


@pytest.mark.parametrize(
    ("metadata", "licence"),
    [
        ("License-Expression: MIT OR Apache-2.0", "MIT OR Apache-2.0"),
        ("License: Apache License 2.0", "Apache-2.0"),
        ("License: MIT", "MIT"),
    ],
)
def test_a_licence_is_read_from_old_and_new_metadata(tmp_path: Any, metadata: str, licence: str) -> None:
    (found,) = distributions(made(tmp_path, metadata))
    assert found.licence == licence


@pytest.mark.parametrize("metadata", ["", f"License: {'All of this text is the licence. ' * 9}"])
def test_a_distribution_without_a_licence_is_refused_by_name(tmp_path: Any, metadata: str) -> None:
    with pytest.raises(NoLicence, match=r"thing names no licence.*_BY_HAND"):
        distributions(made(tmp_path, metadata))
