"""Imports: start one, watch it, answer its question, read its report, stop it."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import PurePath

from functions.sync.api.rendering import import_view, upload_view
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import Conflict, Invalid, NotFound, Problem
from skuflow.platform.http_api import PAGE, Request, Response, Routes
from skuflow.platform.http_paging import page_of
from skuflow.platform.paging import encode_cursor, position_in
from skuflow.sync.cancel_import import cancel_import
from skuflow.sync.choose_mapping import choose_mapping
from skuflow.sync.current_totals import current_totals
from skuflow.sync.deps import ApiDeps
from skuflow.sync.model import FINISHED, Import, Report
from skuflow.sync.report_file import report_page
from skuflow.sync.start_import import renew_upload, start_import

ROUTES = Routes("imports")
_VIEWS = "functions.sync.api.views"
_BODIES = "functions.sync.api.bodies"
_LISTED = "imports"


def _view(request: Request, item: Import, deps: ApiDeps) -> dict[str, object]:
    return import_view(item, current_totals(request.client_id, item, progress=deps.progress), deps.clock())


@ROUTES.add(
    "POST",
    "/v1/imports",
    scope="imports:write",
    summary="Start an import and get the form that uploads its file",
    description="The upload starts the work. Limits: 200 MB, 1,000,000 rows. The form lives 15 minutes and takes one file.",
    status=201,
    body=f"{_BODIES}:StartImport",
    response=f"{_VIEWS}:ImportWithUpload",
    idempotent=True,
)
def create_import(request: Request, deps: ApiDeps) -> Response:
    body = request.body
    currency = body.currency or request.home_currency
    if not currency:
        fault = Problem("currency", "is missing, and this client has no home currency", "add a currency such as CAD")
        raise Invalid("the body is not valid", problems=[fault])
    item, form = start_import(
        request.client_id,
        file_name=body.file_name,
        currency=currency,
        mapping=_saved(request, body.mapping_id, deps),
        cause=request.cause,
        imports=deps.imports,
        bucket=deps.bucket,
        max_bytes=deps.limits.max_bytes,
        new_id=deps.new_id,
        clock=deps.clock,
    )
    content = {"import": _view(request, item, deps), "upload": upload_view(form)}
    return Response(content, 201, {"Location": f"/v1/imports/{item.import_id}"})


def _saved(request: Request, mapping_id: str | None, deps: ApiDeps) -> dict[str, str] | None:
    if mapping_id is None:
        return None
    try:
        return deps.mappings.get(request.client_id, mapping_id).mapping
    except NotFound as error:
        fault = Problem("mapping_id", "names no saved mapping", "take one of GET /v1/import-mappings")
        raise Invalid(error.detail, problems=[fault]) from None


@ROUTES.add(
    "GET",
    "/v1/imports",
    scope="imports:read",
    summary="List imports, newest first",
    query=PAGE,
    response=f"{_VIEWS}:ImportPage",
)
def list_imports(request: Request, deps: ApiDeps) -> Response:
    imports = partial(deps.imports.page, request.client_id)
    return page_of(request, _LISTED, imports, lambda item: _view(request, item, deps), at=str, id=str)


@ROUTES.add(
    "GET",
    "/v1/imports/{import_id}",
    scope="imports:read",
    summary="Watch an import",
    response=f"{_VIEWS}:ImportView",
)
def get_import(request: Request, deps: ApiDeps) -> Response:
    return Response(_view(request, deps.imports.get(request.client_id, request.path["import_id"]), deps))


@ROUTES.add(
    "DELETE",
    "/v1/imports/{import_id}",
    scope="imports:write",
    summary="Stop an import",
    description="What the catalogue has taken so far stays; nothing more is read.",
    response=f"{_VIEWS}:ImportView",
    errors=(409,),
)
def stop_import(request: Request, deps: ApiDeps) -> Response:
    item = cancel_import(request.client_id, request.path["import_id"], imports=deps.imports, clock=deps.clock)
    return Response(_view(request, item, deps))


@ROUTES.add(
    "POST",
    "/v1/imports/{import_id}/upload-url",
    scope="imports:write",
    summary="Get a new upload form for an import that still waits for its file",
    response=f"{_VIEWS}:ImportWithUpload",
    errors=(409,),
)
def renew_upload_form(request: Request, deps: ApiDeps) -> Response:
    item, form = renew_upload(
        request.client_id,
        request.path["import_id"],
        imports=deps.imports,
        bucket=deps.bucket,
        max_bytes=deps.limits.max_bytes,
        clock=deps.clock,
    )
    return Response({"import": _view(request, item, deps), "upload": upload_view(form)})


@ROUTES.add(
    "POST",
    "/v1/imports/{import_id}/mapping",
    scope="imports:write",
    summary="Say which column is what, or accept the suggestion",
    description="For an import that needs a mapping. The file is inspected again and then read.",
    status=202,
    body=f"{_BODIES}:ChooseMapping",
    response=f"{_VIEWS}:ImportView",
    errors=(409,),
)
def choose_import_mapping(request: Request, deps: ApiDeps) -> Response:
    body = request.body
    if body.mapping is not None and body.mapping_id is not None:
        fault = Problem("mapping_id", "stands beside `mapping`", "give one of the two")
        raise Invalid("the body is not valid", problems=[fault])
    item = choose_mapping(
        request.client_id,
        request.path["import_id"],
        body.mapping if body.mapping is not None else _saved(request, body.mapping_id, deps),
        save_as=body.save_as,
        imports=deps.imports,
        mappings=deps.mappings,
        work=deps.work,
        clock=deps.clock,
    )
    return Response(_view(request, item, deps), 202)


@ROUTES.add(
    "GET",
    "/v1/imports/{import_id}/report",
    scope="imports:read",
    summary="Read which rows were rejected or remarked on, and why",
    query=PAGE,
    response=f"{_VIEWS}:ReportPage",
)
def read_import_report(request: Request, deps: ApiDeps) -> Response:
    item = deps.imports.get(request.client_id, request.path["import_id"])
    query = f"report {item.import_id}"
    position = position_in(query, request.query["cursor"], at=int)
    if item.report is None:
        return Response({"status": item.status, "items": [], "next_cursor": None})
    offset = position["at"] if position else None
    rows, after = report_page(item.report, offset, request.query["limit"], bucket=deps.bucket)
    cursor = encode_cursor(query, None if after is None else {"at": after})
    return Response({"status": item.status, "items": [asdict(row) for row in rows], "next_cursor": cursor})


@ROUTES.add(
    "GET",
    "/v1/imports/{import_id}/repair-file",
    scope="imports:read",
    summary="Download the rejected rows, to mend and upload again",
    description="404 when no row was rejected. The address lives 15 minutes; the file 30 days.",
    response=f"{_VIEWS}:RepairFileView",
    errors=(409,),
)
def get_repair_file(request: Request, deps: ApiDeps) -> Response:
    item = deps.imports.get(request.client_id, request.path["import_id"])
    name = f"{PurePath(item.file_name).stem}-repair.csv"
    url, expires_at = deps.bucket.download_url(_repair_key(item, item.report), name, deps.clock())
    return Response({"url": url, "file_name": name, "expires_at": iso(expires_at)})


def _repair_key(item: Import, report: Report | None) -> str:
    if item.status not in FINISHED:
        raise Conflict(f"the import is {item.status}; the repair file is written at its end")
    if report is None or report.repair_key is None:
        raise NotFound("this import has no rows to mend")
    return report.repair_key
