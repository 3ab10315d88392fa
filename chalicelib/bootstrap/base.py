"""Settings, the council, secrets and AWS clients of this process: what every slice is built on."""

from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from chalicelib.catalogue.load import load
from chalicelib.catalogue.model import Council
from chalicelib.settings import Settings, from_environment

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from chalicelib.aws.clients import SharedSession
    from chalicelib.aws.secrets import Secret
    from chalicelib.net.safe_http_client import SafeHttpClient
    from chalicelib.publishing.s3_documents import S3Documents

SecretName = Literal[
    "id", "link", "token", "code", "alert", "push", "origin", "destinations", "identity"
]

GIVEN = frozenset(("destinations", "identity"))
"""Secrets that hold what other organisations gave us, one text for each of them."""


@cache
def settings() -> Settings:
    return from_environment()


@cache
def council() -> Council:
    return load(settings().council)


@cache
def secret(name: SecretName) -> "Secret":
    """The secret of that name; nothing is read yet. Ask for `origin` only where the settings name
    it."""
    from time import monotonic

    from chalicelib.aws.secrets import MIN_LENGTH, ManagedSecret

    return ManagedSecret(
        _secrets_manager,
        secret_arn(name),
        setting=_variable(name),
        monotonic=monotonic,
        min_length=0 if name in GIVEN else MIN_LENGTH,
    )


def _variable(name: SecretName) -> str:
    return f"{name.upper()}_SECRET_ARN"


def secret_arn(name: SecretName) -> str:
    """Where that secret is; empty where the settings name none."""
    arn: str = getattr(settings(), f"{name}_secret_arn")
    return arn


def given(name: str, setting: Literal["destinations", "identity"]) -> str | None:
    """What somebody else gave us under that name: a text in the JSON object which that secret
    holds; None where there is none. Raises UpstreamFailed, ConfigurationError."""
    from chalicelib.aws.secrets import GivenTexts

    if not secret_arn(setting):
        return None
    return GivenTexts(secret(setting), setting=_variable(setting)).of(name)


@cache
def published() -> "S3Documents":
    """The bucket of published documents."""
    from chalicelib.publishing.s3_documents import S3Documents

    return S3Documents(s3(), settings().published_bucket)


def read_published(key: str) -> bytes | None:
    """A published document, None where there is none. Raises UpstreamFailed."""
    held = published().read(key)
    return held.body if held else None


@cache
def outside() -> "SafeHttpClient":
    """The way to addresses that somebody gave us."""
    from chalicelib.net.internet import Internet
    from chalicelib.net.safe_http_client import SafeHttpClient

    allowed = settings().outside_allowed.split(",")
    return SafeHttpClient(Internet(), frozenset(filter(None, allowed)))


@cache
def session() -> "SharedSession":
    """The one that every client of this process comes from."""
    from chalicelib.aws.clients import SharedSession

    return SharedSession()


def client(service: str, **options: Any) -> Any:
    """A client of that service of AWS."""
    # Without boto3: what it adds to these clients is not used, and costs 20 ms to import.
    return session().create_client(service, **options)


@cache
def _secrets_manager() -> Any:
    return client("secretsmanager")


@cache
def s3() -> "S3Client":
    """Where files are."""
    made: S3Client = client("s3")
    return made


def signer() -> "S3Client":
    """Signs what a browser sends to the store itself: at its own address, or at this stack's."""
    from botocore.config import Config

    endpoint = settings().uploads_endpoint
    style: Literal["path", "virtual"] = "path" if endpoint else "virtual"
    # Without "regional", an address of us-east-1 names no region, and the CSP names it.
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": style, "us_east_1_regional_endpoint": "regional"},
    )
    made: S3Client = client("s3", endpoint_url=endpoint or None, config=config)
    return made
