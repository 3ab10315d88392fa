"""The CDN's template: where each address is answered, with which headers, and what stays closed."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from chalice.package import TemplateDeepMerger

import app
from chalicelib.accounts.usecases.rate_limits import HOURLY
from chalicelib.bootstrap import container
from chalicelib.bootstrap.reports import photos_ports
from chalicelib.forms.validation import MOST_PHOTO_BYTES
from chalicelib.handlers.http import cdn as viewer
from chalicelib.handlers.http import request_language
from chalicelib.photos.ports import PhotoKey
from infra import cdn, missing_page, resources
from infra.local import aws
from infra.local.cloud import Cloud
from infra.template import merged_fragments
from tests.conftest import ROOT
from tests.support.councils import council_named

BIN = Path(sys.executable).parent
NOT_CACHED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""AWS's managed policy CachingDisabled."""
ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
"""AWS's managed policy AllViewerExceptHostHeader: without what CloudFront itself could say."""
READING = {"GET", "HEAD"}
EVERY_METHOD = READING | {"OPTIONS", "PUT", "PATCH", "POST", "DELETE"}
NAMES = {
    "AWS::Region": aws.REGION,
    "UploadsBucket": "uploads-x",
    "PhotosBucket": "photos-x",
    "CrewsBucket": "crews-x",
}
FROM_US = ("script-src", "style-src", "font-src", "worker-src", "manifest-src", "form-action")
OF_SITES = ("Access-Control-Allow-Origin", "Access-Control-Expose-Headers")
CLOSED = ("default-src", "base-uri", "frame-ancestors")

Json = dict[str, Any]


def resource(name: str) -> Json:
    found: Json = cdn.template()["Resources"][name]["Properties"]
    return found


def behaviours() -> list[Json]:
    config = cdn.distribution()
    return [*config["CacheBehaviors"], config["DefaultCacheBehavior"]]


def policy_of_pages() -> str:
    return next(
        each.value
        for each in cdn.added_headers("/", NAMES)
        if each.name == "Content-Security-Policy"
    )


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("/", "pages"),
        ("/index.html", "pages"),
        ("/map/", "pages"),
        ("/report/", "pages"),
        ("/reports/7K3M2QXV9HTD", "pages"),
        ("/manifest.webmanifest", "pages"),
        ("/favicon.svg", "pages"),
        ("/sw.js", "pages"),
        ("/.well-known/security.txt", "pages"),
        ("/nothing-here", "pages"),
        ("/data", "pages"),
        ("/Data/index.json", "pages"),
        ("/healthy", "pages"),
        ("/apis/reports", "pages"),
        ("/assets/report.js", "published"),
        ("/assets/chunks/pins-DaKGddhM.js", "published"),
        ("/data/index.json", "published"),
        ("/data/services.json", "published"),
        ("/data/tiles/14/8142/5290.json", "published"),
        ("/data/reports/7K3M2QXV9HTD.json", "published"),
        ("/data/facilities/bench.json", "published"),
        ("/data/wards.json", "published"),
        ("/data/basemap.pmtiles", "published"),
        ("/data/open/2026-06/requests.csv", "published"),
        ("/feeds/all.atom", "published"),
        ("/feeds/wards/E05000001/2026-06.atom", "published"),
        ("/photos/7K3M2QXV9HTD/p1/page.jpg", "published"),
        ("/health", "api"),
        ("/api/openapi.json", "api"),
        ("/api/reports", "api"),
        ("/api/reports/7K3M2QXV9HTD/updates", "api"),
        ("/api/photos", "api"),
        ("/api/facilities/nearest", "api"),
        ("/api/jobs/operations", "api"),
        ("/api/data/index.json", "api"),
        ("/open311/v2/requests.json", "api"),
        ("/open311/discovery.xml", "api"),
        ("/forms/report", "api"),
        ("/forms/reports/7K3M2QXV9HTD/update", "api"),
        ("/cy/forms/report", "api"),
        ("/gla/forms/report", "api"),
        ("/cy/forms", "pages"),
        ("/cy/report/", "pages"),
        ("/cy/api/reports", "pages"),
    ],
)
def test_address_goes_to_its_origin(address: str, origin: str) -> None:
    assert cdn.find_behaviour(address)["TargetOriginId"] == origin


def test_every_route_of_the_app_goes_to_the_api() -> None:
    for route in app.app.routes:
        assert cdn.find_behaviour(route)["TargetOriginId"] == cdn.API, route


@pytest.mark.parametrize("behaviour", behaviours(), ids=lambda it: it.get("PathPattern", "pages"))
def test_behaviour_takes_https_only_and_sends_the_headers(behaviour: Json) -> None:
    assert behaviour["ViewerProtocolPolicy"] == "redirect-to-https"
    is_photo = behaviour.get("PathPattern") == "/photos/*"
    is_open = behaviour.get("PathPattern") in ("/data/*", "/feeds/*", "/open311/*")
    policy = f"{'Photos' if is_photo else 'Open' if is_open else ''}HeadersPolicy"
    assert behaviour["ResponseHeadersPolicyId"] == {"Ref": policy}


@pytest.mark.parametrize("behaviour", behaviours(), ids=lambda it: it.get("PathPattern", "pages"))
def test_behaviour_caches_and_compresses_published_files_only(
    behaviour: Json,
) -> None:
    is_api = behaviour["TargetOriginId"] == cdn.API
    assert set(behaviour["AllowedMethods"]) == (EVERY_METHOD if is_api else READING)
    assert behaviour["CachePolicyId"] == (NOT_CACHED if is_api else {"Ref": "PublishedCachePolicy"})
    assert behaviour["Compress"] is not is_api
    assert behaviour.get("OriginRequestPolicyId") == (ALL_BUT_HOST if is_api else None)


def test_published_files_are_cached_as_they_say_and_by_their_path_only() -> None:
    config = resource("PublishedCachePolicy")["CachePolicyConfig"]
    assert (config["MinTTL"], config["MaxTTL"]) == (0, 31_536_000)
    key = config["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["EnableAcceptEncodingGzip"] and key["EnableAcceptEncodingBrotli"]
    assert key["HeadersConfig"] == {"HeaderBehavior": "none"}
    assert key["CookiesConfig"] == {"CookieBehavior": "none"}
    assert key["QueryStringsConfig"] == {"QueryStringBehavior": "none"}


def test_errors_are_not_cached_and_their_bodies_not_replaced() -> None:
    """A 404 that a stranger got must not be what an officer gets a second later."""
    told = cdn.distribution()["CustomErrorResponses"]
    assert {each["ErrorCode"] for each in told} >= {404, 405, 414, 500, 501, 502, 503, 504}
    for each in told:
        assert each.keys() == {"ErrorCode", "ErrorCachingMinTTL"}
        assert each["ErrorCachingMinTTL"] == 0


def test_viewers_are_served_new_protocols_and_are_not_logged() -> None:
    config = cdn.distribution()
    assert config["HttpVersion"] == "http2and3" and config["IPV6Enabled"] is True
    own_domain, without = config["ViewerCertificate"]["Fn::If"][1:]
    assert own_domain["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert without == {"CloudFrontDefaultCertificate": True}
    assert "Logging" not in config


def test_api_recognises_the_cdn_by_its_secret_which_no_other_origin_gets() -> None:
    told = {
        origin["Id"]: origin["OriginCustomHeaders"]
        for origin in cdn.distribution()["Origins"]
        if "OriginCustomHeaders" in origin
    }
    assert list(told) == [cdn.API]
    (header,) = told[cdn.API]
    assert header["HeaderName"].lower() == viewer.ORIGIN
    secret = header["HeaderValue"]["Fn::Sub"]
    assert secret.startswith("{{resolve:secretsmanager:${OriginSecret}:SecretString:")
    assert "OriginSecret" in resources.template()["Resources"]


def test_addresses_of_the_api_keep_their_paths() -> None:
    """The stage is called api, as the addresses begin: /api/reports is /api/api/reports there."""
    origins = {origin["Id"]: origin for origin in cdn.distribution()["Origins"]}
    assert origins["api"]["OriginPath"] == "/api"
    assert origins["missing"]["OriginPath"] == "/api/missing"
    for name in ("api", "missing"):
        assert origins[name]["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"


def test_missing_page_is_html_with_404_and_leads_home() -> None:
    (group,) = cdn.distribution()["OriginGroups"]["Items"]
    assert group["Id"] == cdn.find_behaviour("/nothing")["TargetOriginId"]
    assert [each["OriginId"] for each in group["Members"]["Items"]] == ["published", "missing"]
    assert set(group["FailoverCriteria"]["StatusCodes"]["Items"]) == {403, 404}
    path = resource("RestAPI")["DefinitionBody"]["paths"]["/missing/{proxy+}"]
    assert path["get"] == path["head"]
    answer = path["get"]["x-amazon-apigateway-integration"]["responses"]["default"]
    assert answer["statusCode"] == "404"
    assert answer["responseTemplates"]["text/html"] == {
        "Fn::FindInMap": ["MissingPages", {"Ref": "Council"}, "Page"]
    }
    headers = cdn.missing_headers()
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert "s-maxage=5" in headers["Cache-Control"]


@pytest.mark.parametrize("name", ["demo", "bath"])
def test_missing_page_has_the_councils_name_and_the_main_tasks(name: str) -> None:
    council = council_named(name)
    page = merged_fragments()["Mappings"]["MissingPages"][name]["Page"]
    assert f"<title>Page not found – {escape(council.name)}</title>" in page
    for address in ("/", "/report/", "/map/", "/nearest/", "/account/", "/privacy/"):
        assert f'href="{address}"' in page
    assert 'action="/track/"' in page and 'name="ref"' in page


def test_missing_page_is_the_same_text_when_api_gateway_has_read_it_as_a_template() -> None:
    text = "<a href='#main'>&#39;£1 or $2&#39;</a>"
    template = missing_page.as_velocity(text)
    assert template.startswith("#set($hash = '#')#set($dollar = '$')")
    rest = template.removeprefix("#set($hash = '#')#set($dollar = '$')")
    assert "#" not in rest and "$" not in rest.replace("${hash}", "").replace("${dollar}", "")
    assert rest.replace("${hash}", "#").replace("${dollar}", "$") == text


def test_missing_page_is_in_the_language_of_its_folder() -> None:
    template = missing_page.as_velocity("<p>Gone #1</p>", {"/cy/": "<p>Wedi mynd #1</p>"})
    assert template.split("')", 2)[2] == (
        '#if($input.params("proxy").startsWith("cy/"))<p>Wedi mynd ${hash}1</p>'
        "#{else}<p>Gone ${hash}1</p>#end"
    )
    whole = merged_fragments()["Mappings"]["MissingPages"]["demo"]["Page"]
    assert '<html lang="cy">' in whole and "Heb ddod o hyd i’r dudalen – Cyngor Eskerby" in whole
    at = missing_page.missing_pages(council_named("demo"))
    for address, language in (("/cy/x", "cy"), ("/x", "en-GB"), ("/cyx/", "en-GB")):
        assert f'<html lang="{language}">'.encode() in at(address)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("MISSING_AUTHENTICATION_TOKEN", 404),
        ("RESOURCE_NOT_FOUND", 404),
        ("REQUEST_TOO_LARGE", 413),
        ("UNSUPPORTED_MEDIA_TYPE", 415),
        ("ACCESS_DENIED", 403),
        ("UNAUTHORIZED", 401),
        ("THROTTLED", 429),
        ("QUOTA_EXCEEDED", 429),
        ("INTEGRATION_TIMEOUT", 503),
        ("INTEGRATION_FAILURE", 503),
        ("DEFAULT_5XX", 503),
    ],
)
def test_gateways_own_error_is_a_problem(kind: str, status: int) -> None:
    answers = resource("RestAPI")["DefinitionBody"]["x-amazon-apigateway-gateway-responses"]
    answer = answers[kind]
    problem = json.loads(answer["responseTemplates"]["application/json"])
    assert (answer["statusCode"], problem["status"]) == (str(status), status)
    assert problem.keys() == {"type", "title", "status", "detail"}
    headers = answer["responseParameters"]
    assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
    assert headers["gatewayresponse.header.Cache-Control"] == "'no-store'"
    assert ("gatewayresponse.header.Retry-After" in headers) is (status in (429, 503))


def test_gateway_names_the_limit_when_a_request_is_too_large() -> None:
    """It refuses a form before the form's own page can; the pages take 4 MB of photos."""
    answers = resource("RestAPI")["DefinitionBody"]["x-amazon-apigateway-gateway-responses"]
    said = answers["REQUEST_TOO_LARGE"]["responseTemplates"]["application/json"]
    assert f"more than {MOST_PHOTO_BYTES // 1024**2} MB at once" in said
    assert "go back and choose fewer or smaller photos" in said


def test_gateways_other_errors_are_problems_in_its_own_words() -> None:
    answers = resource("RestAPI")["DefinitionBody"]["x-amazon-apigateway-gateway-responses"]
    written = answers["DEFAULT_4XX"]["responseTemplates"]["application/json"]
    said = written.replace("$context.error.messageString", '"Bad request body"')
    assert json.loads(said)["detail"] == "Bad request body"


def test_headers_are_those_of_a_closed_page() -> None:
    sent = {each.name: (each.value, each.overrides) for each in cdn.added_headers("/", NAMES)}
    sent.pop("Content-Security-Policy")
    assert sent == {
        "Strict-Transport-Security": ("max-age=31536000", True),
        "X-Content-Type-Options": ("nosniff", True),
        "X-Frame-Options": ("DENY", True),
        "Referrer-Policy": ("strict-origin-when-cross-origin", False),
        "Cross-Origin-Opener-Policy": ("same-origin", True),
        "Permissions-Policy": (
            "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
            True,
        ),
    }


@pytest.mark.parametrize(
    ("address", "is_open"),
    [
        ("/data/index.json", True),
        ("/data/basemap.pmtiles", True),
        ("/data/nothing-here.json", True),
        ("/feeds/all.atom", True),
        ("/photos/7K3M2QXV9HTD/p1/page.jpg", True),
        ("/open311/v2/requests.json", True),
        ("/open311/discovery.xml", True),
        ("/open311/no/such/address", True),
        ("/", False),
        ("/reports/7K3M2QXV9HTD", False),
        ("/assets/report.js", False),
        ("/api/reports", False),
        ("/api/session/refresh", False),
        ("/forms/report", False),
        ("/health", False),
    ],
)
def test_other_sites_may_read_what_is_the_same_for_all(address: str, is_open: bool) -> None:
    sent = {each.name: (each.value, each.overrides) for each in cdn.added_headers(address, NAMES)}
    assert sent.get("Access-Control-Allow-Origin") == (("*", True) if is_open else None)
    assert "Access-Control-Allow-Credentials" not in sent


def test_no_policy_of_the_cdn_lets_other_sites_send_credentials() -> None:
    policies = [
        each["Properties"]["ResponseHeadersPolicyConfig"]
        for each in cdn.template()["Resources"].values()
        if each.get("Type") == "AWS::CloudFront::ResponseHeadersPolicy"
    ]
    cors = [each["CorsConfig"] for each in policies if "CorsConfig" in each]
    assert len(policies) == 3 and len(cors) == 2
    assert all(each["AccessControlAllowCredentials"] is False for each in cors)


def test_open_documents_also_have_the_headers_of_a_page() -> None:
    pages, documents = (
        {each.name: each for each in cdn.added_headers(path, NAMES) if each.name not in OF_SITES}
        for path in ("/", "/data/index.json")
    )
    assert documents == pages


def test_photo_has_the_headers_of_a_page_but_lets_the_browser_lay_it_out() -> None:
    pages, photos = (
        {each.name: each.value for each in cdn.added_headers(path, NAMES)}
        for path in ("/", "/photos/x")
    )
    policy = photos.pop("Content-Security-Policy")
    assert "frame-ancestors 'none'" in policy and "-src" not in policy
    pages.pop("Content-Security-Policy")
    assert {name: value for name, value in photos.items() if name not in OF_SITES} == pages


def test_pages_of_the_api_keep_their_own_stricter_policy() -> None:
    kept = {each.name for each in cdn.added_headers("/", NAMES) if not each.overrides}
    assert kept == {"Content-Security-Policy", "Referrer-Policy"}


def faults_of(policy: str) -> list[str]:
    """What a Content-Security-Policy lets in that no page of ours needs."""
    sources = {name: rest for name, *rest in (part.split() for part in policy.split(";"))}
    faults = [f"{name} is not closed" for name in CLOSED if sources.get(name) != ["'none'"]]
    faults += [f"{name} is not ours alone" for name in FROM_US if sources.get(name) != ["'self'"]]
    for name, allowed in sources.items():
        for source in allowed:
            known = source in ("'self'", "'none'") or source.startswith("https://")
            if "*" in source or not (known or (name, source) == ("img-src", "blob:")):
                faults.append(f"{name} lets in {source}")
    return faults


def test_policy_allows_what_the_pages_need_and_no_more() -> None:
    assert faults_of(policy_of_pages()) == []


@pytest.mark.parametrize(
    ("ours", "planted"),
    [
        ("script-src 'self'", "script-src 'self' 'unsafe-inline'"),
        ("script-src 'self'", "script-src 'self' 'unsafe-eval'"),
        ("script-src 'self'", "script-src 'self' https://cdn.example"),
        ("style-src 'self'", "style-src 'unsafe-inline'"),
        ("default-src 'none'", "default-src 'self'"),
        ("; frame-ancestors 'none'", ""),
        ("img-src 'self'", "img-src *"),
        ("img-src 'self'", "img-src 'self' data:"),
        ("connect-src 'self'", "connect-src 'self' https:"),
        ("connect-src 'self'", "connect-src 'self' https://*.amazonaws.com"),
    ],
)
def test_policy_is_detected_when_it_allows_more(ours: str, planted: str) -> None:
    assert ours in policy_of_pages()
    assert faults_of(policy_of_pages().replace(ours, planted))


@pytest.fixture(params=[aws.REGION, "us-east-1"])
def account(
    request: pytest.FixtureRequest, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """An account's own addresses, not the local stack's."""
    monkeypatch.delenv("UPLOADS_ENDPOINT")
    monkeypatch.setenv("AWS_DEFAULT_REGION", request.param)
    container.forget_built()
    environment = cloud.environment
    yield {
        "AWS::Region": request.param,
        "UploadsBucket": environment["UPLOADS_BUCKET"],
        "PhotosBucket": environment["PHOTOS_BUCKET"],
        "CrewsBucket": environment["CREWS_BUCKET"],
    }
    container.forget_built()


def test_policy_allows_photos_to_and_from_the_store(account: dict[str, str]) -> None:
    photo = PhotoKey("7K3M2QXV9HTD", "p1")
    ports = photos_ports()
    policy = next(
        e.value for e in cdn.added_headers("/", account) if e.name == "Content-Security-Policy"
    )
    sources = {name: rest for name, *rest in (part.split() for part in policy.split(";"))}
    for directive, address in (
        ("connect-src", ports.uploads.policy(photo, "image/jpeg", 1).url),
        ("img-src", ports.gallery.address(photo, "page")),
    ):
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.hostname}" in sources[directive]


def openings_of(policy: Json) -> list[str]:
    """What a bucket's policy allows to anybody but the one distribution."""
    arn = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}"
    ours = {"StringEquals": {"AWS:SourceArn": {"Fn::Sub": arn}}}
    return [
        entry["Sid"]
        for entry in policy["Statement"]
        if entry["Effect"] == "Allow"
        and (
            entry["Principal"] != {"Service": "cloudfront.amazonaws.com"}
            or entry.get("Condition") != ours
            or entry["Action"] not in ("s3:GetObject", "s3:ListBucket")
        )
    ]


def test_published_bucket_is_open_only_to_the_distribution() -> None:
    policy = resource("PublishedBucketPolicy")["PolicyDocument"]
    assert openings_of(policy) == []
    blocked = resources.template()["Resources"]["PublishedBucket"]["Properties"]
    assert set(blocked["PublicAccessBlockConfiguration"].values()) == {True}
    access = resource("PublishedAccess")["OriginAccessControlConfig"]
    assert access["SigningBehavior"] == "always"
    (store,) = [each for each in cdn.distribution()["Origins"] if "S3OriginConfig" in each]
    assert store["DomainName"] == {"Fn::GetAtt": ["PublishedBucket", "RegionalDomainName"]}
    assert store["OriginAccessControlId"] == {"Ref": "PublishedAccess"}


@pytest.mark.parametrize(
    "change",
    [
        {"Principal": "*"},
        {"Condition": {}},
        {"Condition": {"StringEquals": {"AWS:SourceAccount": {"Ref": "AWS::AccountId"}}}},
        {"Action": "s3:*"},
    ],
)
def test_bucket_is_detected_when_it_is_open_to_others(change: Json) -> None:
    policy = deepcopy(resource("PublishedBucketPolicy")["PolicyDocument"])
    policy["Statement"][0] |= change
    assert openings_of(policy) == ["TheDistributionReads"]


def viewed(function: str, requests: list[Json]) -> list[Json]:
    """What that viewer function makes of requests from 198.51.100.10, by node."""
    program = (
        resource(function)["FunctionCode"]
        + "const inputs = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        + "const answer = request => handler({version: '1.0', viewer: {ip: '198.51.100.10'},"
        + " request: {method: 'GET', uri: '/', querystring: {}, headers: {}, cookies: {},"
        + " ...request}});"
        + "console.log(JSON.stringify(inputs.map(answer)));"
    )
    done = subprocess.run(
        [BIN / "node", "-e", program],
        input=json.dumps(requests),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[Json] = json.loads(done.stdout)
    return found


def function_at(address: str) -> str:
    """The function that runs on every request for an address."""
    (function,) = cdn.find_behaviour(address)["FunctionAssociations"]
    assert function["EventType"] == "viewer-request"
    name: str = function["FunctionARN"]["Fn::GetAtt"][0]
    return name


def test_viewer_function_finds_the_page_of_a_folder() -> None:
    pages = {
        "/": "/index.html",
        "/map/": "/map/index.html",
        "/nothing/at/all/": "/nothing/at/all/index.html",
        "//": "//index.html",
        "/reports/7K3M2QXV9HTD": "/reports/7K3M2QXV9HTD",
        "/favicon.svg": "/favicon.svg",
        "/map": "/map",
    }
    answers = viewed(function_at("/map/"), [{"uri": page} for page in pages])
    assert [answer["uri"] for answer in answers] == [*pages.values()]


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/b/7K3M2QXV9HTDabc-_9", "/forms/b/7K3M2QXV9HTDabc-_9"),
        ("/s/abc", "/forms/s/abc"),
        ("/cy/b/abc", "/cy/forms/b/abc"),
        ("/gla/s/abc", "/gla/forms/s/abc"),
        ("/b/", None),
        ("/b/a/b", None),
        ("/b/a%2Fb", None),
        ("/x/abc", None),
        ("//example.org/b/abc", None),
        ("/welsh/b/abc", None),
    ],
)
def test_short_link_of_a_text_leads_to_its_page(address: str, target: str | None) -> None:
    (answer,) = viewed(function_at("/map/"), [{"uri": address}])
    location = answer.get("headers", {}).get("location", {}).get("value")
    assert (answer.get("statusCode"), location) == (302 if target else None, target)
    assert cdn.short_link_target(address) == target


def test_api_gets_the_viewers_address_whatever_the_request_claims() -> None:
    other = {"accept": {"value": "*/*"}}
    forged = {
        viewer.VIEWER: {"value": "203.0.113.9", "multiValue": [{"value": "203.0.113.9"}]},
        **other,
    }
    answers = viewed(function_at("/api/reports"), [{"headers": other}, {"headers": forged}])
    said = {viewer.VIEWER: {"value": "198.51.100.10"}, **other}
    assert [answer["headers"] for answer in answers] == [said, said]


@pytest.mark.parametrize(
    ("address", "language", "rest"),
    [
        ("/cy/forms/report", "cy", "/forms/report"),
        ("/gla/forms/alerts/1/all", "gla", "/forms/alerts/1/all"),
        ("/cy/forms/", "cy", "/forms/"),
        ("/cy/cy/forms/report", "", "/cy/cy/forms/report"),
        ("/cy/forms", "", "/cy/forms"),
        ("/CY/forms/report", "", "/CY/forms/report"),
        ("/c1/forms/report", "", "/c1/forms/report"),
        ("/welsh/forms/report", "", "/welsh/forms/report"),
        ("/cy/api/reports", "", "/cy/api/reports"),
        ("/forms/report", "", "/forms/report"),
        ("/forms/forms/x", "", "/forms/forms/x"),
    ],
)
def test_folder_of_a_language_becomes_a_header_whatever_the_request_claims(
    address: str, language: str, rest: str
) -> None:
    forged = {request_language.FOLDER: {"value": "xx", "multiValue": [{"value": "xx"}]}}
    (answer,) = viewed(function_at("/cy/forms/x"), [{"uri": address, "headers": forged}])
    assert answer["uri"] == rest
    said = {request_language.FOLDER: {"value": language}} if language else {}
    assert answer["headers"] == {viewer.VIEWER: {"value": "198.51.100.10"}, **said}
    assert cdn.language_folder(address) == (language, rest)


@pytest.mark.parametrize(
    "behaviour",
    [each for each in behaviours() if each["TargetOriginId"] == cdn.API],
    ids=lambda it: it["PathPattern"],
)
def test_every_address_of_the_api_gets_the_viewers_address(behaviour: Json) -> None:
    address = behaviour["PathPattern"].replace("*", "x")
    assert function_at(address) == function_at("/api/reports")


def merged() -> Json:
    """The fragments on the least of an API that Chalice would make."""
    api = {
        "Type": "AWS::Serverless::Api",
        "Properties": {
            "StageName": "api",
            "DefinitionBody": {
                "swagger": "2.0",
                "info": {"title": "ginnel", "version": "1.0"},
                "paths": {},
            },
        },
    }
    whole = merged_fragments()
    least = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Parameters": {"Council": whole["Parameters"]["Council"]},
        "Mappings": whole["Mappings"],
        "Resources": {"RestAPI": api},
    }
    both: Json = TemplateDeepMerger().merge(resources.template(), least)
    all_of_it: Json = TemplateDeepMerger().merge(cdn.template(), both)
    return all_of_it


def lint(template: Json, folder: Path) -> str:
    file = folder / "template.json"
    file.write_text(json.dumps(template))
    done = subprocess.run(
        [BIN / "cfn-lint", file], capture_output=True, text=True, cwd=ROOT, check=False
    )
    return done.stdout


@pytest.mark.exhaustive
def test_template_is_clean_when_it_is_merged(tmp_path: Path) -> None:
    assert lint(merged(), tmp_path) == ""


def test_firewall_is_clean_in_the_region_of_the_cdn() -> None:
    template = str(ROOT / "infra" / "firewall.json")
    command = [str(BIN / "cfn-lint"), "-r", "us-east-1", "-t", template]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stdout == ""


def test_distribution_has_the_firewall_of_the_parameter_if_there_is_one() -> None:
    template = merged()
    config = template["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    assert config["WebACLId"] == {
        "Fn::If": ["HasFirewall", {"Ref": "WebAclArn"}, {"Ref": "AWS::NoValue"}]
    }
    pattern = re.compile(template["Parameters"]["WebAclArn"]["AllowedPattern"])
    for arn, fits in (
        ("", True),
        ("arn:aws:wafv2:us-east-1:123456789012:global/webacl/ginnel/0a1b", True),
        ("arn:aws:wafv2:eu-west-2:123456789012:regional/webacl/ginnel/0a1b", False),
    ):
        assert bool(pattern.fullmatch(arn)) == fits


def test_firewall_lets_a_crowded_network_send_what_the_limits_admit() -> None:
    """A report takes some eight requests that change something: photos, the report, a session."""
    firewall = json.loads((ROOT / "infra" / "firewall.json").read_text())
    writes = firewall["Parameters"]["WritesInFiveMinutes"]["Default"]
    assert writes * 12 >= 8 * (HOURLY["report by network"] + HOURLY["report by network, known"])
    for rule in firewall["Resources"]["WebAcl"]["Properties"]["Rules"]:
        assert rule["Statement"]["RateBasedStatement"]["AggregateKeyType"] == "IP"
        assert rule["Action"]["Block"]["CustomResponse"]["ResponseCode"] == 429


def test_template_is_detected_when_a_reference_is_missing(tmp_path: Path) -> None:
    broken = deepcopy(merged())
    broken["Resources"]["PublishedBucketPolicy"]["Properties"]["Bucket"] = {"Ref": "Nothing"}
    assert "Nothing" in lint(broken, tmp_path)
