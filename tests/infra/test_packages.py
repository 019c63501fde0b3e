"""Packages: the same input gives the same bytes, an edit changes what it concerns and nothing else."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import zipfile
from pathlib import Path

import botocore
import pytest
from botocore.config import Config
from botocore.loaders import Loader
from botocore.session import Session

from infra.packaging import bytecode
from infra.packaging.archive import write_zip
from infra.packaging.layout import Layout, Package
from infra.packaging.requirements import as_text, read_pins, without
from infra.packaging.sources import domain_package, function_package
from infra.packaging.trim import trim

HASH = "--hash=sha256:" + "0" * 64
BOTOCORE_DATA = Path(botocore.__file__).parent / "data"


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def checkout(tmp_path: Path) -> Layout:
    """A small repository of the same shape."""
    layout = Layout(tmp_path / "checkout")
    write(layout.domain / "__init__.py", '"""Domain."""\n')
    for room in ("kernel", "contracts", "platform", "catalog", "sync"):
        write(layout.domain / room / "__init__.py")
        write(layout.domain / room / "model.py", f"NAME = {room!r}\n")
    for door in ("catalog/api", "sync/api"):
        write(layout.functions / door / "handler.py", f"def lambda_handler(event, context):\n    return {door!r}\n")
    return layout


def names_in(package: Package) -> set[str]:
    with zipfile.ZipFile(package.archive) as archive:
        return {name for name in archive.namelist() if not name.endswith(".pyc")}


def test_a_function_package_holds_its_folder_alone_at_its_own_path(checkout: Layout) -> None:
    write(checkout.functions / "sync" / "api" / "views.py")
    package = function_package("sync", "api", checkout)
    assert names_in(package) == {"functions/sync/api/handler.py", "functions/sync/api/views.py"}


def test_init_files_above_a_function_travel_with_it(checkout: Layout) -> None:
    write(checkout.functions / "__init__.py")
    assert "functions/__init__.py" in names_in(function_package("sync", "api", checkout))


def test_a_domain_layer_leaves_the_siblings_out(checkout: Layout) -> None:
    names = names_in(domain_package("sync", checkout))
    rooms = {name.split("/")[2] for name in names if name.count("/") > 2}
    assert rooms == {"kernel", "contracts", "platform", "sync"}
    assert "python/skuflow/__init__.py" in names


def test_a_context_without_a_room_of_its_own_gets_the_shared_ones(checkout: Layout) -> None:
    names = names_in(domain_package("platform", checkout))
    assert {name.split("/")[2] for name in names if name.count("/") > 2} == {"kernel", "contracts", "platform"}


def test_an_edit_in_one_context_leaves_the_others_packages_as_they_are(checkout: Layout) -> None:
    before = {name: domain_package(name, checkout).digest for name in ("catalog", "sync")}
    write(checkout.domain / "catalog" / "model.py", "NAME = 'edited'\n")
    after = {name: domain_package(name, checkout).digest for name in ("catalog", "sync")}
    assert after["catalog"] != before["catalog"]
    assert after["sync"] == before["sync"]


def test_an_edit_in_a_shared_room_changes_every_domain_layer(checkout: Layout) -> None:
    before = {name: domain_package(name, checkout).digest for name in ("catalog", "sync")}
    write(checkout.domain / "kernel" / "model.py", "NAME = 'edited'\n")
    assert all(domain_package(name, checkout).digest != before[name] for name in before)


def test_an_edit_in_one_function_leaves_the_other_as_it_is(checkout: Layout) -> None:
    before = function_package("sync", "api", checkout).digest
    write(checkout.functions / "catalog" / "api" / "handler.py", "EDITED = True\n")
    assert function_package("sync", "api", checkout).digest == before


def test_somebody_elses_bytecode_is_neither_packaged_nor_counted(checkout: Layout) -> None:
    before = function_package("sync", "api", checkout).digest
    write(checkout.functions / "sync" / "api" / "__pycache__" / "handler.cpython-310.pyc", "stale")
    package = function_package("sync", "api", checkout)
    assert package.digest == before
    with zipfile.ZipFile(package.archive) as archive:
        assert not any("cpython-310" in name for name in archive.namelist())


def test_the_same_sources_elsewhere_give_the_same_bytes(checkout: Layout, tmp_path: Path) -> None:
    copy = Layout(tmp_path / "elsewhere")
    shutil.copytree(checkout.root, copy.root)
    first, second = domain_package("sync", checkout), domain_package("sync", copy)
    assert first.digest == second.digest
    assert first.archive.read_bytes() == second.archive.read_bytes()


def test_a_zip_depends_on_neither_times_nor_modes(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for index, directory in enumerate((one, two)):
        for name in ("b.py", "a/c.py") if index else ("a/c.py", "b.py"):
            path = write(directory / name, name)
            os.utime(path, (index * 1_000_000, index * 1_000_000))
            path.chmod(0o600 if index else 0o644)
        write_zip(directory, tmp_path / f"{index}.zip")
    assert (tmp_path / "0.zip").read_bytes() == (tmp_path / "1.zip").read_bytes()


def test_a_package_is_made_once_and_old_contents_do_not_pile_up(checkout: Layout) -> None:
    first = function_package("sync", "api", checkout)
    made = first.archive.stat().st_mtime_ns
    assert function_package("sync", "api", checkout).archive.stat().st_mtime_ns == made
    write(checkout.functions / "sync" / "api" / "handler.py", "EDITED = True\n")
    second = function_package("sync", "api", checkout)
    assert list(second.archive.parent.glob("sync.api.*.zip")) == [second.archive]


def test_a_missing_handler_is_named(checkout: Layout) -> None:
    with pytest.raises(FileNotFoundError, match=r"functions/sync/read_import/handler\.py is missing"):
        function_package("sync", "read_import", checkout)


def test_compiled_modules_tell_where_they_lie_on_lambda(tmp_path: Path) -> None:
    write(tmp_path / "python" / "thing.py", "def f():\n    return 1\n")
    bytecode.HOST.compile(tmp_path, lies_at="/opt")
    (compiled,) = tmp_path.rglob("*.pyc")
    body = compiled.read_bytes()
    assert b"/opt/python/thing.py" in body
    assert str(tmp_path).encode() not in body


def test_compiled_modules_are_trusted_without_looking_at_the_source(tmp_path: Path) -> None:
    """Flags 0b01 in a pyc: checked by hash (bit 0), and never (bit 1 unset)."""
    write(tmp_path / "thing.py", "X = 1\n")
    bytecode.HOST.compile(tmp_path)
    (compiled,) = tmp_path.rglob("*.pyc")
    assert int.from_bytes(compiled.read_bytes()[4:8], "little") == 0b01


def test_a_machine_without_lambdas_python_ships_sources(tmp_path: Path) -> None:
    write(tmp_path / "thing.py", "X = 1\n")
    bytecode.Compiler(None, bytecode.LAMBDA_PYTHON).compile(tmp_path)
    assert list(tmp_path.rglob("*.pyc")) == []


def test_pins_are_read_with_their_hashes_and_markers(tmp_path: Path) -> None:
    text = f"# a comment\nsix==1.17.0 \\\n    {HASH}\ntomli==2.0.1 ; python_version < '3.12' \\\n    {HASH}\n"
    pins = read_pins(write(tmp_path / "layer.txt", text))
    assert {name: version for name, (version, _) in pins.items()} == {"six": "1.17.0", "tomli": "2.0.1"}
    assert "python_version < '3.12'" in as_text(pins)
    assert as_text(pins).count(HASH) == 2


@pytest.mark.parametrize("line", ["six==1.17.0\n", f"six>=1.17 \\\n    {HASH}\n", "git+https://example.com/six\n"])
def test_what_is_not_pinned_and_hashed_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(ValueError, match="not a pin with hashes"):
        read_pins(write(tmp_path / "layer.txt", line))


def test_a_layer_leaves_out_what_another_one_brings(tmp_path: Path) -> None:
    core = read_pins(write(tmp_path / "core.txt", f"six==1.17.0 \\\n    {HASH}\n"))
    http = read_pins(write(tmp_path / "http.txt", f"six==1.17.0 \\\n    {HASH}\nbabel==2.18.0 \\\n    {HASH}\n"))
    assert set(without(http, core)) == {"babel"}


def test_layers_that_disagree_about_a_version_are_refused(tmp_path: Path) -> None:
    core = read_pins(write(tmp_path / "core.txt", f"six==1.17.0 \\\n    {HASH}\n"))
    http = read_pins(write(tmp_path / "http.txt", f"six==1.16.0 \\\n    {HASH}\n"))
    with pytest.raises(ValueError, match=r"six 1\.16\.0 and 1\.17\.0"):
        without(http, core)


def test_an_upload_form_can_be_signed_with_the_trimmed_description_of_s3(tmp_path: Path) -> None:
    """botocore reads one text of the description without asking whether it is there, and only when it signs."""
    data = tmp_path / "botocore" / "data"
    shutil.copytree(BOTOCORE_DATA / "s3", data / "s3")
    for file in BOTOCORE_DATA.glob("*.json"):
        shutil.copy(file, data)
    trim(tmp_path)
    session = Session()
    session.register_component("data_loader", Loader([str(data)], include_default_search_paths=False))
    session.set_credentials("key", "secret")
    s3 = session.create_client("s3", region_name="ca-central-1", config=Config(signature_version="s3v4"))
    assert s3.generate_presigned_post("uploads", "a.csv")["fields"]["key"] == "a.csv"


def test_trimming_keeps_licences_and_what_is_called(tmp_path: Path) -> None:
    kept = [
        "thing/__init__.py",
        "thing-1.0.dist-info/METADATA",
        "thing-1.0.dist-info/licenses/LICENSE",
        "botocore/data/endpoints.json",
        "botocore/data/s3/2006-03-01/service-2.json",
        "babel/locale-data/en_001.dat",
        "babel/locale-data/fr_CA.dat",
    ]
    gone = [
        "thing/__pycache__/__init__.cpython-311.pyc",
        "thing/__init__.pyi",
        "thing-1.0.dist-info/RECORD",
        "bin/thing",
        "botocore/data/ec2/2016-11-15/service-2.json.gz",
        "botocore/data/s3/2006-03-01/examples-1.json",
        "babel/locale-data/de.dat",
    ]
    for name in (*kept, *gone):
        write(tmp_path / name)
    (tmp_path / "botocore/data/endpoints.json").write_text('{"partitions": [{"services": {"s3": {}, "ec2": {}}}]}')
    description = {"documentation": "long", "shapes": {"documentation": {"type": "string", "documentation": "long"}}}
    told = tmp_path / "botocore/data/s3/2006-03-01/service-2.json"
    told.with_suffix(".json.gz").write_bytes(gzip.compress(json.dumps(description).encode()))
    trim(tmp_path)
    assert json.loads(told.read_text()) == {"shapes": {"documentation": {"type": "string"}}}
    assert json.loads((tmp_path / "botocore/data/endpoints.json").read_text()) == {
        "partitions": [{"services": {"s3": {}}}]
    }
    assert sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()) == sorted(kept)
