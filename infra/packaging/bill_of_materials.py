"""The bill of materials of what is shipped: one CycloneDX 1.6 document per layer of third-party code.

    python -m infra.packaging.bill_of_materials      -> build/bom/<layer>.cdx.json

It is read from the built layers, not from what was asked for: a distribution that is in a layer is in its bill. The same layer
gives the same bytes; serial numbers are derived from its digest, and no time is noted.
"""

from __future__ import annotations

import hashlib
import json
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from infra.packaging.build_layers import LAYERS, CannotBuild, build_layer
from infra.packaging.layout import CHECKOUT, REPOSITORY, Layout, Package

_SPDX = {
    "sil ofl 1.1": "OFL-1.1",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "mit license": "MIT",
    "bsd 3-clause": "BSD-3-Clause",
}
"""What distributions write instead of an SPDX identifier -> the identifier."""

_BY_HAND = {
    "Jinja2": "BSD-3-Clause",
    "anyascii": "ISC",
    "google-re2": "BSD-3-Clause",
    "reportlab": "BSD-3-Clause",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
}
"""Distributions whose metadata names no licence -> what their licence file says."""


class NoLicence(ValueError):
    """A distribution does not say under which licence it comes."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """One thing that is shipped. `licence` is an SPDX expression."""

    name: str
    version: str
    licence: str

    @property
    def address(self) -> PackageURL:
        """Its package URL, as advisories name it: lower case, dashes (purl specification, type `pypi`)."""
        return PackageURL("pypi", name=self.name.lower().replace("_", "-"), version=self.version)


def distributions(layer: Package) -> list[Distribution]:
    """All that lies in `layer`, by name. Raises NoLicence that says where to note it."""
    return sorted(_read(layer.directory / "python"), key=lambda one: one.name.lower())


def bill(layer: Package) -> str:
    """The layer's bill of materials, as JSON."""
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_OID, f"{layer.name} {layer.digest}"))
    licences = LicenseFactory()
    bom.metadata.component = root = Component(
        name=layer.name,
        version=layer.digest[:16],
        type=ComponentType.APPLICATION,
        bom_ref=layer.name,
        hashes=_sums(layer),
    )
    for one in distributions(layer):
        address = one.address
        bom.components.add(
            Component(
                name=one.name,
                version=one.version,
                type=ComponentType.LIBRARY,
                purl=address,
                bom_ref=address.to_string(),
                licenses=[licences.make_from_string(one.licence)],
            )
        )
    bom.register_dependency(root, bom.components)
    document = json.loads(JsonV1Dot6(bom).output_as_string())
    del document["metadata"]["timestamp"]
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def write_bills(layout: Layout = CHECKOUT) -> list[Path]:
    """Write the bill of every layer; layers are built first if need be. Raises CannotBuild or NoLicence."""
    home = layout.build / "bom"
    home.mkdir(parents=True, exist_ok=True)
    written = []
    for name in LAYERS:
        path = home / f"{name}.cdx.json"
        path.write_text(bill(build_layer(name, "lambda", layout)), encoding="utf-8")
        written.append(path)
    return written


def _read(site: Path) -> Iterator[Distribution]:
    for metadata in site.glob("*.dist-info/METADATA"):
        about = HeaderParser().parsestr(metadata.read_text(encoding="utf-8"))
        yield Distribution(str(about["Name"]), str(about["Version"]), _licence(about))


def _licence(about: Message) -> str:
    """As the distribution's metadata says (Core metadata 2.4: `License-Expression`; before: a text in `License`)."""
    name = str(about["Name"])
    said = str(about["License-Expression"] or _BY_HAND.get(name) or about["License"] or "")
    found = _SPDX.get(said.lower(), said)
    if not found or "\n" in found or len(found) > 100:
        raise NoLicence(
            f"{name} names no licence: read its licence file and add it to _BY_HAND in {Path(__file__).name}"
        )
    return found


def _sums(layer: Package) -> list[HashType]:
    digest = hashlib.sha256(layer.archive.read_bytes()).hexdigest()
    return [HashType(alg=HashAlgorithm.SHA_256, content=digest)]


def main() -> None:
    try:
        written = write_bills()
    except (CannotBuild, ValueError) as error:
        sys.exit(f"bill_of_materials: {error}")
    for path in written:
        count = len(json.loads(path.read_text(encoding="utf-8"))["components"])
        sys.stdout.write(f"{path.relative_to(REPOSITORY)}  {count} distributions\n")


if __name__ == "__main__":
    main()
