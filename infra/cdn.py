"""Reads the CDN's template for the local site: which origin answers an address, and with which
headers. The template remains the only definition of both."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

TEMPLATE = Path(__file__).with_name("cdn.json")
API, PAGES = "api", "pages"
"""The origins: API Gateway, and the published pages with the "not found" page as fall-back."""

_NAMED: dict[str, tuple[str, Callable[[dict[str, Any]], Any]]] = {
    "ContentTypeOptions": ("X-Content-Type-Options", lambda _: "nosniff"),
    "FrameOptions": ("X-Frame-Options", itemgetter("FrameOption")),
    "ReferrerPolicy": ("Referrer-Policy", itemgetter("ReferrerPolicy")),
    "ContentSecurityPolicy": ("Content-Security-Policy", itemgetter("ContentSecurityPolicy")),
    "StrictTransportSecurity": (
        "Strict-Transport-Security",
        lambda entry: f"max-age={entry['AccessControlMaxAgeSec']}",
    ),
}
"""CloudFormation's property for a header → its name, and how its value is made."""


class Header(NamedTuple):
    """A header that the CDN adds. `overrides`: it replaces the origin's own."""

    name: str
    value: str
    overrides: bool


@cache
def template() -> dict[str, Any]:
    """The template's part about the CDN, decoded."""
    decoded: dict[str, Any] = json.loads(TEMPLATE.read_text(encoding="utf-8"))
    return decoded


def distribution() -> dict[str, Any]:
    """The distribution in the template."""
    found: dict[str, Any] = template()["Resources"]["Distribution"]["Properties"]
    config: dict[str, Any] = found["DistributionConfig"]
    return config


def find_behaviour(path: str) -> dict[str, Any]:
    """The behaviour of an address: the first with a matching pattern, in the template's order."""
    config = distribution()
    default: dict[str, Any] = config["DefaultCacheBehavior"]
    fitting = (each for each in config["CacheBehaviors"] if _matches(path, each["PathPattern"]))
    return next(fitting, default)


def added_headers(path: str, names: Mapping[str, str]) -> tuple[Header, ...]:
    """The headers added to the response of an address; `names` resolves the template's
    references."""
    policy = find_behaviour(path)["ResponseHeadersPolicyId"]["Ref"]
    config = template()["Resources"][policy]["Properties"]["ResponseHeadersPolicyConfig"]
    secure = (
        Header(_NAMED[name][0], _resolve(_NAMED[name][1](entry), names), entry["Override"])
        for name, entry in config["SecurityHeadersConfig"].items()
    )
    custom = (
        Header(entry["Header"], entry["Value"], entry["Override"])
        for entry in config["CustomHeadersConfig"]["Items"]
    )
    return (*secure, *custom, *_cors_headers(config.get("CorsConfig")))


def _cors_headers(cors: dict[str, Any] | None) -> Iterator[Header]:
    """The headers that let pages of other sites read a response. CloudFront adds them if a request
    has an Origin, this module always."""
    if cors:
        listed = {
            "Access-Control-Allow-Origin": cors["AccessControlAllowOrigins"],
            "Access-Control-Expose-Headers": cors["AccessControlExposeHeaders"],
        }
        for name, entry in listed.items():
            yield Header(name, ", ".join(entry["Items"]), cors["OriginOverride"])


def missing_headers() -> dict[str, str]:
    """The headers of the "not found" page."""
    paths = template()["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    integration = paths["/missing/{proxy+}"]["get"]["x-amazon-apigateway-integration"]
    answer = integration["responses"]["default"]
    return {
        name.rpartition(".")[2]: value.strip("'")
        for name, value in answer["responseParameters"].items()
    }


class Folder(NamedTuple):
    """The language that an address has as its folder, empty if it has none, and the rest."""

    language: str
    address: str


def language_folder(address: str) -> Folder:
    """The language and address that the CDN's function for the API makes of an address."""
    found = re.fullmatch(r"/([a-z]{2,3})(/forms/.*)", address, re.DOTALL)
    return Folder(found[1], found[2]) if found else Folder("", address)


def short_link_target(address: str) -> str | None:
    """Where the CDN's function for pages sends a short address of a text message; None for other
    addresses."""
    found = re.fullmatch(r"((?:/[a-z]{2,3})?)/([bs])/([A-Za-z0-9_-]+)", address)
    return f"{found[1]}/forms/{found[2]}/{found[3]}" if found else None


def _matches(path: str, pattern: str) -> bool:
    """Matches like CloudFront: * is anything, slashes too, and ? one character; case matters."""
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch("".join(parts), path, re.DOTALL) is not None


def _resolve(value: Any, names: Mapping[str, str]) -> str:
    text: str = value["Fn::Sub"] if isinstance(value, dict) else value
    return re.sub(r"\$\{([^}]+)\}", lambda found: names[found[1]], text)
