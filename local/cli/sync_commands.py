"""The context sync: getting a product file in, and what became of its rows."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from local.api.importing import COUNTED, await_end, path_of, rejected_rows, save_mapping, start_import
from local.api.reports import REPORT_COLUMNS, download_repair_file, report_rows, write_report
from local.cli.application import group
from local.cli.calling import Session, calling
from local.cli.new_file import new_file
from local.cli.parameters import Columns, Most, checked_currency, mapping
from local.showing import minute

app = group("Shopify shops; imports of product files, and their column mappings.")

READ = "imports:read"
WRITE = "imports:write"

ImportId = Annotated[str, typer.Argument(metavar="IMPORT", help="An id from `skuflow sync imports`, imp_…")]
ProductFile = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)]
NewCsv = Annotated[Path, typer.Argument(metavar="OUT.csv", dir_okay=False, help="Must not be there yet.")]
Currency = Annotated[
    str | None,
    typer.Option(help="Currency of prices that name none, ISO 4217.", show_default="the client's home currency"),
]
MappingId = Annotated[
    str | None, typer.Option("--mapping", help="Read the file by this mapping of `skuflow sync mappings`, map_…")
]

_SHOWN = (
    "import_id", "file_name", "status", "currency", "created_at", "updated_at", "bytes", "format", "encoding", "delimiter",
    "rows_total", "rows_read", "products", "created", "updated", "unchanged", "rejected", "warnings", "mapping", "refusal",
    "suggestion",
)  # fmt: skip


@app.command("import")
@calling(READ, WRITE)
def import_file(
    session: Session,
    file: ProductFile,
    *,
    currency: Currency = None,
    columns: Columns = None,
    mapping_id: MappingId = None,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait until every row has its outcome.")] = True,
) -> None:
    """Upload a product file and see what becomes of its rows. Exit code 1 if it was not imported; rejected rows are told."""
    if columns and mapping_id:
        raise typer.BadParameter("says what --mapping says: leave one of the two out", param_hint="--map")
    if currency is not None:
        checked_currency(currency)
    if fields := mapping(columns):
        mapping_id = save_mapping(session.api, file.name[:100], fields)
    started = _upload(session, file, currency, mapping_id)
    import_id = str(started["import_id"])
    session.output.say(import_id)
    if wait:
        _await(session, import_id)
        return
    session.output.say(f"watch it with: skuflow sync show {import_id} --wait")
    session.output.result(started)


@app.command("imports")
@calling(READ)
def list_imports(session: Session, *, limit: Most = 20) -> None:
    """Imports, newest first."""
    found = list(session.api.pages("/v1/imports", most=limit))
    columns = ("import_id", "at (UTC)", "status", "rows", *COUNTED, "file")
    counts = ("rows_total", *COUNTED)
    rows = (
        (
            each["import_id"],
            minute(each["created_at"]),
            each["status"],
            *(each[name] for name in counts),
            each["file_name"],
        )
        for each in found
    )
    session.output.table(columns, rows, none="no imports yet; start one with: skuflow sync import FILE")
    session.output.result(found)


@app.command()
@calling(READ)
def show(
    session: Session,
    import_id: ImportId,
    *,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for its end first. Exit code 1 if it failed.")] = False,
) -> None:
    """One import: how far it is, how its file was read, why it was refused."""
    if wait:
        _await(session, import_id)
        return
    seen = session.api.get(path_of(import_id))
    session.output.table(("", ""), [(name, _told(seen[name])) for name in _SHOWN if seen.get(name) is not None])
    session.output.result(seen)


@app.command()
@calling(READ)
def report(
    session: Session,
    import_id: ImportId,
    *,
    csv: Annotated[Path | None, typer.Option(metavar="OUT.csv", dir_okay=False, help="Write it to a new file.")] = None,
) -> None:
    """Every row that was rejected or taken without one of its cells: line, column, value, reason, hint."""
    rows = report_rows(session.api, import_id)
    if csv is not None:
        with new_file(csv) as out:
            count = write_report(rows, out)
        session.output.say(f"{csv}: {count} remarks")
        session.output.result({"file": str(csv), "remarks": count})
        return
    found = list(rows)
    lines = ([row[column] for column in REPORT_COLUMNS] for row in found)
    session.output.table(REPORT_COLUMNS, lines, none="every row was taken as it is")
    session.output.result(found)


@app.command()
@calling(READ)
def repair(session: Session, import_id: ImportId, out: NewCsv) -> None:
    """Download the rejected rows as a file to mend and import again. Exit code 1 if there are none."""
    with new_file(out) as file:
        size = download_repair_file(session.api, import_id, file)
    session.output.say(f"{size:,} bytes in {out}\nmend it, then: skuflow sync import {out}")
    session.output.result({"file": str(out), "bytes": size})


@app.command("mappings")
@calling(READ)
def list_mappings(session: Session) -> None:
    """Saved column mappings, for `skuflow sync import --mapping`."""
    found = list(session.api.pages("/v1/import-mappings"))
    rows = [(each["mapping_id"], each["name"], _told(each["mapping"]), minute(each["updated_at"])) for each in found]
    session.output.table(("mapping_id", "name", "mapping", "at (UTC)"), rows, none="no mapping is saved")
    session.output.result(found)


def _upload(session: Session, file: Path, currency: str | None, mapping_id: str | None) -> dict[str, Any]:
    size = file.stat().st_size
    with file.open("rb") as body, session.output.steps.step(f"Uploading {file.name}") as note:
        return start_import(
            session.api,
            file.name,
            body,
            lambda sent: note(f"{sent:,} of {size:,} bytes"),
            currency=currency,
            mapping_id=mapping_id,
        )


def _await(session: Session, import_id: str) -> None:
    """Shows the import until its end, and how its rows ended. Raises LocalProblem if it was not imported."""
    from local.api.import_screen import SHOWN_ROWS, ImportScreen

    screen = ImportScreen(session.output.beside)
    with screen.importing(import_id) as show_progress:
        seen = await_end(session.api, import_id, show_progress)
    session.output.result(seen)
    if seen["status"] != "completed":
        raise screen.not_imported(seen)
    screen.outcome([(str(seen["file_name"]), seen)])
    if seen["rejected"]:
        screen.rejected(list(islice(rejected_rows(session.api, import_id), SHOWN_ROWS + 1)))
    if seen["rejected"] or seen["warnings"]:
        screen.say(f"all remarks: skuflow sync report {import_id}")
    if seen["rejected"]:
        screen.say(f"rows to mend: skuflow sync repair {import_id} repair.csv")


def _told(value: object) -> str:
    """A field of an import in one cell, without what is empty."""
    if isinstance(value, dict):
        return "\n".join(f"{name}: {_told(each)}" for name, each in value.items() if each)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value).replace("\t", "tab")
