"""A report as a table for spreadsheets (RFC 4180), UTF-8 with a byte order mark."""

from __future__ import annotations

import csv
import io

from skuflow.quality.measures import METRICS
from skuflow.quality.report.model import Report
from skuflow.quality.rules.judging import score_of

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)."""


def as_csv(report: Report) -> str:
    """A row for each measure of each field, each rule that did not hold, each of the worst products."""
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("kind", "name", "detail", "before", "after"))
    for field, after in report.after.items():
        before = report.before[field]
        for metric in METRICS:
            row = ("measure", field or "collection", metric, f"{before.of(metric):.2f}", f"{after.of(metric):.2f}")
            writer.writerow(row)
    for rule in report.rules:
        writer.writerow(("rule", _plain(rule.rule_id), _plain(rule.summary), str(rule.before), str(rule.after)))
    for poor in report.worst:
        score = f"{score_of(poor.loss, 1):.2f}"
        writer.writerow(("product", _plain(poor.product_id), _plain(poor.title), score, ""))
    return text.getvalue()


def _plain(cell: str) -> str:
    """`cell`, which nobody's spreadsheet calculates."""
    return f"'{cell}" if cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA) else cell
