"""The context quality: how good a catalogue is, what can be mended, and mending it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from local.api.quality import JOBS, await_job, follow_job, job_path, start_job
from local.cli.application import group
from local.cli.calling import Session, calling
from local.cli.new_file import new_file
from local.cli.parameters import Most
from local.problems import LocalProblem
from local.showing import minute

app = group("How good a catalogue is, what can be mended, and mending it.")

READ = "quality:read"
WRITE = "quality:write"
NIGHTLY = "/v1/quality/nightly"
MODES = ("score", "preview", "fix")

JobId = Annotated[str, typer.Argument(metavar="JOB", help="An id from `skuflow quality jobs`, qjb_…")]
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Wait until the job is over.")]


@app.command()
@calling(READ, WRITE)
def check(
    session: Session,
    *,
    mode: Annotated[
        str, typer.Option(help="score: measure. preview: and say what would be fixed. fix: do it.")
    ] = "score",
    source: Annotated[str, typer.Option(help="Only products of this source, or kind of source.")] = "",
    brand: Annotated[str, typer.Option(help="Only products of this brand.")] = "",
    status: Annotated[str, typer.Option(help="Only active, draft or archived products.")] = "",
    images: Annotated[bool, typer.Option("--images", help="Look at pictures, too.")] = False,
    wait: Wait = True,
) -> None:
    """Hold products against the rules, and wait for the score. Exit code 1 if the job did not come to its end."""
    if mode not in MODES:
        raise typer.BadParameter(f"choose one of {', '.join(MODES)}", param_hint="--mode")
    said = {"source": source, "brand": brand, "status": status}
    filters = {name: value for name, value in said.items() if value}
    _followed(session, start_job(session.api, mode, filters, check_images=images), wait=wait)


@app.command("jobs")
@calling(READ)
def list_jobs(session: Session, *, limit: Most = 20) -> None:
    """Jobs, newest first."""
    found = list(session.api.pages(JOBS, most=limit))
    rows = (
        (
            each["job_id"],
            minute(each["created_at"]),
            each["mode"],
            each["status"],
            *_result(each["result"], "items_processed", "items_fixed", "score_before", "score_after"),
            each["follows"],
        )
        for each in found
    )
    columns = ("job_id", "at (UTC)", "mode", "status", "products", "fixed", "before", "after", "follows")
    session.output.table(columns, rows, none="no jobs yet; start one with: skuflow quality check")
    session.output.result(found)


@app.command()
@calling(READ)
def findings(
    session: Session,
    job_id: JobId,
    *,
    rule: Annotated[str | None, typer.Option(help="Only those of this rule.")] = None,
    field: Annotated[str | None, typer.Option(help="Only those of this field, such as variant.gtin.")] = None,
    severity: Annotated[str | None, typer.Option(help="Only error, warning or info.")] = None,
    limit: Most = 50,
) -> None:
    """What a job found wrong with which product, duplicates among it, and what to do."""
    path = f"{job_path(job_id)}/findings"
    found = list(session.api.pages(path, most=limit, rule_id=rule, field=field, severity=severity))
    rows = (
        (
            each["product_id"],
            each["variant_id"],
            each["field"],
            each["severity"],
            each["value"],
            f"{each['message']}: {each['remedy']}",
        )
        for each in found
    )
    columns = ("product_id", "variant_id", "field", "severity", "value", "what is wrong, and what to do")
    session.output.table(columns, rows, none="nothing of that kind was found")
    session.output.result(found)


@app.command()
@calling(READ)
def fixes(session: Session, job_id: JobId, *, limit: Most = 50) -> None:
    """What a job would fix or has fixed, and what it suggests. The limit is of products."""
    from local.api.quality_screen import fix_rows

    found = list(session.api.pages(f"{job_path(job_id)}/fixes", most=limit))
    columns = ("product_id", "path", "old", "new", "", "why")
    session.output.table(
        columns, fix_rows(found), none="this job found nothing to fix, or did not look for it (mode score)"
    )
    session.output.result(found)


@app.command()
@calling(READ, WRITE)
def apply(session: Session, job_id: JobId, *, wait: Wait = True) -> None:
    """Apply the fixes of a preview. What has changed since is left as it is."""
    _followed(session, follow_job(session.api, job_id, "apply"), wait=wait)


@app.command()
@calling(READ, WRITE)
def revert(session: Session, job_id: JobId, *, wait: Wait = True) -> None:
    """Take back what a job has fixed. What has changed since is left as it is."""
    _followed(session, follow_job(session.api, job_id, "revert"), wait=wait)


@app.command()
@calling(READ)
def report(
    session: Session,
    job_id: JobId,
    *,
    csv: Annotated[Path | None, typer.Option(metavar="OUT.csv", dir_okay=False, help="Write it as a table.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="OUT.html", dir_okay=False, help="Write it as a page.")] = None,
) -> None:
    """The report of a completed job: measures before and after, rules that did not hold, the worst products."""
    path = f"{job_path(job_id)}/report"
    if written := [(file, form) for file, form in ((csv, "csv"), (html, "html")) if file is not None]:
        sizes = [_written(session, f"{path}.{form}", file) for file, form in written]
        session.output.result(sizes)
        return
    from local.api.quality_screen import show_report

    found = session.api.get(path)
    if not session.output.machine:
        show_report(found, session.output.console)
    session.output.result(found)


@app.command("rules")
@calling(READ)
def list_rules(session: Session) -> None:
    """The rules that hold, built in and own."""
    found = session.api.get("/v1/quality/rules")["items"]
    rows = (
        (
            each["rule_id"],
            f"{each['entity']}.{each['field']}",
            each["severity"] if each["enabled"] else "off",
            each["weight"],
            "yes" if each["fixable"] else "",
            each["summary"],
        )
        for each in found
    )
    session.output.table(("rule_id", "field", "severity", "weight", "mended", "what it wants"), rows)
    session.output.result(found)


@app.command()
@calling(READ, WRITE)
def nightly(
    session: Session,
    *,
    enabled: Annotated[bool | None, typer.Option("--on/--off", help="Whether there is a job every night.")] = None,
    mode: Annotated[str | None, typer.Option(help="score: measure, which is not billed. fix: mend as well.")] = None,
    images: Annotated[bool | None, typer.Option("--images/--no-images", help="Look at pictures, too.")] = None,
) -> None:
    """What is done every night without being asked for; say it anew with an option."""
    said = {"enabled": enabled, "mode": mode, "check_images": images}
    wanted = {name: value for name, value in said.items() if value is not None}
    found = session.api.get(NIGHTLY)
    if wanted:
        found = session.api.put(NIGHTLY, {**found, **wanted})
    session.output.table(tuple(found), [tuple(found.values())])
    session.output.result(found)


def _followed(session: Session, job: dict[str, Any], *, wait: bool) -> None:
    """Shows the job until its end. Raises LocalProblem if it was not completed."""
    from local.api.quality_screen import JobScreen

    job_id = str(job["job_id"])
    if not wait:
        session.output.say(f"{job_id}\nsee: skuflow quality jobs")
        session.output.result(job)
        return
    screen = JobScreen(session.output.beside)
    with screen.running(job_id) as show_progress:
        seen = await_job(session.api, job, show_progress)
    session.output.result(seen)
    if seen["status"] != "completed":
        why = f": {seen['failure']['detail']}" if seen["failure"] else ""
        raise LocalProblem(f"the job {job_id} is {seen['status']}{why}", "see: skuflow logs")
    screen.outcome(seen)
    screen.hint(f"read it with: skuflow quality report {job_id}")
    if seen["mode"] == "preview" and seen["progress"]["fixes_proposed"]:
        screen.hint(f"make these fixes with: skuflow quality apply {job_id}")


def _written(session: Session, path: str, file: Path) -> dict[str, Any]:
    content = session.api.text(path)
    with new_file(file) as out:
        out.write(content)
    session.output.say(f"{len(content):,} bytes in {file}")
    return {"file": str(file), "bytes": len(content)}


def _result(result: dict[str, Any] | None, *names: str) -> list[object]:
    return [result[name] if result is not None else None for name in names]


@app.callback()
def quality() -> None:
    """How good a catalogue is, what can be mended, and mending it."""
