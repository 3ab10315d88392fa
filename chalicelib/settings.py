"""Settings: every value that differs between deployments, read from the environment once.

The only module that reads os.environ. docs/ARCHITECTURE.md lists each setting.
"""

import os
from collections.abc import Mapping

from msgspec import Struct

from chalicelib.errors import ConfigurationError


class Settings(Struct, frozen=True, kw_only=True):
    """One deployment's values; a field `reports_table` is the variable `REPORTS_TABLE`."""

    council: str
    reports_table: str
    partners_table: str
    accounts_table: str
    audit_table: str
    outbound_table: str
    alerts_table: str
    jobs_table: str
    publish_queue_url: str
    codes_queue_url: str
    fetch_queue_url: str
    outbound_queue_url: str
    send_queue_url: str
    match_queue_url: str
    alerts_queue_url: str
    receipts_queue_url: str
    open_queue_url: str
    follow_queue_url: str
    crews_queue_url: str
    published_bucket: str
    uploads_bucket: str
    photos_bucket: str
    mail_bucket: str
    crews_bucket: str
    site_url: str
    id_secret_arn: str
    link_secret_arn: str
    token_secret_arn: str
    code_secret_arn: str
    alert_secret_arn: str
    push_secret_arn: str
    origin_secret_arn: str
    destinations_secret_arn: str
    identity_secret_arn: str
    uploads_endpoint: str
    distribution_id: str
    outside_allowed: str
    mail_domain: str
    mail_receipts: str
    texts_from: str
    alerts_wait_s: str


OPTIONAL = (
    "origin_secret_arn",
    "destinations_secret_arn",
    "identity_secret_arn",
    "uploads_endpoint",
    "distribution_id",
    "outside_allowed",
    "mail_domain",
    "mail_receipts",
    "texts_from",
    "alerts_wait_s",
)

FOR_ANOTHER_PROGRAM = ("LD_LIBRARY_PATH", "PYTHONPATH")
"""Lambda's Python finds its own library by the first, and code by the second."""


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Reads the settings.

    Raises ConfigurationError that names every variable that is missing or does not hold.
    """
    names = Settings.__struct_fields__
    values = {name: environ.get(name.upper(), "").strip() for name in names}
    faults = [
        f"{name.upper()} is not set"
        for name, value in values.items()
        if not value and name not in OPTIONAL
    ]
    site_url = values["site_url"]
    if site_url and not site_url.startswith(("http://", "https://")):
        faults.append("SITE_URL must begin with https:// (or http:// on this machine)")
    if faults:
        raise ConfigurationError("; ".join(faults) + ".")
    return Settings(**values | {"site_url": site_url.rstrip("/")})


def for_another_program(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of a program that we start: what it needs to run, and none of our
    credentials, settings or names of secrets."""
    return {name: environ[name] for name in FOR_ANOTHER_PROGRAM if name in environ}
