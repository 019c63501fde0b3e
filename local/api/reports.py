"""What became of an import's rows: its report, and the file of rows to mend."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from local.api.calling import Api
from local.api.downloading import download
from local.api.importing import path_of
from local.problems import LocalProblem

REPORT_COLUMNS = ("line", "severity", "column", "value", "reason", "hint")

_FORMULA = re.compile(r"[=+\-@\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d[\d.,]*")


def report_rows(api: Api, import_id: str) -> Iterator[dict[str, Any]]:
    """All remarks on an import's rows. Raises LocalProblem unless the import is completed: there is no report before."""
    path = path_of(import_id)
    status = api.get(path)["status"]
    if status == "completed":
        return api.pages(f"{path}/report")
    raise LocalProblem(
        f"there is no report: the import is '{status}', not completed", f"see: skuflow sync show {import_id}"
    )


def write_report(rows: Iterable[dict[str, Any]], out: BinaryIO) -> int:
    """`rows` as CSV, UTF-8 with a mark that spreadsheets know it by; returns how many. A value that a spreadsheet would run
    gets an apostrophe (OWASP, CSV injection): it comes from a stranger's file."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(REPORT_COLUMNS)
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007
        writer.writerow([_harmless(str(row[column])) for column in REPORT_COLUMNS])
    text.flush()
    text.detach()
    return count


def download_repair_file(api: Api, import_id: str, out: BinaryIO) -> int:
    """Copies the import's repair file to `out`; returns its size in bytes. Raises LocalProblem if no row is to be mended."""
    return download(str(api.get(f"{path_of(import_id)}/repair-file")["url"]), out)


def _harmless(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell
