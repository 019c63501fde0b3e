"""Rules: the built-in ones as a client wants them, and its own."""

from __future__ import annotations

from typing import Any

from functions.quality.api.rule_rendering import fixing_view, rule_view, vocabulary_view
from skuflow.kernel.errors import Conflict, NotFound
from skuflow.platform.http_api import Request, Response, Routes
from skuflow.quality.deps import ApiDeps
from skuflow.quality.rules.rule import Override, Params, Rule

ROUTES = Routes("quality")
_VIEWS = "functions.quality.api.views"
_BODIES = "functions.quality.api.bodies_rules"


@ROUTES.add(
    "GET",
    "/v1/quality/rules",
    scope="quality:read",
    summary="List the rules that hold, built in and own",
    response=f"{_VIEWS}:RuleList",
)
def list_quality_rules(request: Request, deps: ApiDeps) -> Response:
    from skuflow.quality.rules.built_in import BUILT_IN

    wishes = deps.rules.wishes(request.client_id)
    wanted = {one.rule_id: one for one in wishes.overrides}
    built_in = [rule_view(rule, wanted.get(rule.rule_id)) for rule in BUILT_IN]
    return Response({"items": built_in + [rule_view(rule, None) for rule in wishes.own]})


@ROUTES.add(
    "POST",
    "/v1/quality/rules",
    scope="quality:write",
    summary="Add a rule of your own",
    description="Jobs that are started from now on go by it. Its id is `own.` and its name.",
    status=201,
    body=f"{_BODIES}:NewRule",
    response=f"{_VIEWS}:RuleView",
    errors=(409,),
)
def create_quality_rule(request: Request, deps: ApiDeps) -> Response:
    own = deps.rules.wishes(request.client_id).own
    rule = _defined(request.body.name, request, own)
    if not deps.rules.add(request.client_id, rule):
        raise Conflict(f"there is a rule {rule.rule_id}; change that one, or take another name")
    return Response(rule_view(rule, None), 201, {"Location": f"/v1/quality/rules/{rule.rule_id}"})


@ROUTES.add(
    "PUT",
    "/v1/quality/rules/{rule_id}",
    scope="quality:write",
    summary="Replace a rule of your own",
    body=f"{_BODIES}:RuleBody",
    response=f"{_VIEWS}:RuleView",
)
def put_quality_rule(request: Request, deps: ApiDeps) -> Response:
    rule_id = request.path["rule_id"]
    own = deps.rules.wishes(request.client_id).own
    if not any(rule.rule_id == rule_id for rule in own):
        raise NotFound(f"you have no rule {rule_id}")
    others = [rule for rule in own if rule.rule_id != rule_id]
    rule = _defined(rule_id.removeprefix("own."), request, others)
    deps.rules.put(request.client_id, rule)
    return Response(rule_view(rule, None))


@ROUTES.add(
    "PUT",
    "/v1/quality/built-in-rules",
    scope="quality:write",
    summary="Have a built-in rule otherwise",
    description="Switch it off, or give it another severity, weight or limit. What is left out is as it is built in: "
    "with `rule_id` alone, all of it is.",
    body=f"{_BODIES}:OverrideBody",
    response=f"{_VIEWS}:RuleView",
)
def override_quality_rule(request: Request, deps: ApiDeps) -> Response:
    from skuflow.quality.rules.built_in import BUILT_IN
    from skuflow.quality.rules.defining import overridden

    body = request.body
    limits = Params(minimum=body.minimum, maximum=body.maximum, days=body.days)
    wanted = Override(body.rule_id, body.enabled, body.severity, body.weight, limits if limits != Params() else None)
    overridden(wanted)
    rule = next(one for one in BUILT_IN if one.rule_id == body.rule_id)
    if wanted == Override(body.rule_id):
        deps.rules.remove_override(request.client_id, body.rule_id)
        return Response(rule_view(rule, None))
    deps.rules.put_override(request.client_id, wanted)
    return Response(rule_view(rule, wanted))


@ROUTES.add(
    "DELETE",
    "/v1/quality/rules/{rule_id}",
    scope="quality:write",
    summary="Remove a rule of your own",
    status=204,
)
def remove_quality_rule(request: Request, deps: ApiDeps) -> Response:
    deps.rules.remove(request.client_id, request.path["rule_id"])
    return Response(None, 204)


@ROUTES.add(
    "GET",
    "/v1/quality/fix-settings",
    scope="quality:read",
    summary="Read how things are to be mended",
    response=f"{_VIEWS}:FixSettingsView",
)
def get_quality_fix_settings(request: Request, deps: ApiDeps) -> Response:
    return Response(fixing_view(deps.rules.wishes(request.client_id).fixing))


@ROUTES.add(
    "PUT",
    "/v1/quality/fix-settings",
    scope="quality:write",
    summary="Say how things are to be mended",
    description="Your names for categories and colours, words that stay in capitals, rules whose findings are left alone.",
    body=f"{_BODIES}:FixSettingsBody",
    response=f"{_VIEWS}:FixSettingsView",
)
def put_quality_fix_settings(request: Request, deps: ApiDeps) -> Response:
    from skuflow.quality.fixes.settings import checked

    body = request.body
    fixing = checked(body.category_map, body.colours, body.acronyms, body.disabled)
    deps.rules.put_fixing(request.client_id, fixing)
    return Response(fixing_view(fixing))


@ROUTES.add(
    "GET",
    "/v1/quality/vocabulary",
    scope="quality:read",
    summary="Read which categories and brands are yours",
    response=f"{_VIEWS}:VocabularyView",
)
def get_quality_vocabulary(request: Request, deps: ApiDeps) -> Response:
    return Response(vocabulary_view(deps.rules.wishes(request.client_id).vocabulary))


@ROUTES.add(
    "PUT",
    "/v1/quality/vocabulary",
    scope="quality:write",
    summary="Say which categories and brands are yours",
    description="Rules about known categories and brands are judged by them, in jobs that are started from now on. Without any "
    "category, or brand, the rules that ask for it are not judged and do not count.",
    body=f"{_BODIES}:VocabularyBody",
    response=f"{_VIEWS}:VocabularyView",
)
def put_quality_vocabulary(request: Request, deps: ApiDeps) -> Response:
    from skuflow.quality.vocabulary import checked

    vocabulary = checked(request.body.categories, request.body.brands)
    deps.rules.put_vocabulary(request.client_id, vocabulary)
    return Response(vocabulary_view(vocabulary))


def _defined(name: str, request: Request, others: Any) -> Rule:
    from skuflow.quality.rules.defining import Definition, defined

    body = request.body
    said = Definition(
        name=name,
        entity=body.entity,
        field=body.field,
        kind=body.kind,
        severity=body.severity,
        weight=body.weight,
        summary=body.summary,
        remedy=body.remedy,
        params=body.params.model_dump(exclude_none=True),
    )
    return defined(said, others=others)
