"""The settings, the council, the secrets and the clients of this process, each built once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal, TypeVar, TypeVarTuple

from chalicelib.catalogue.council_texts import translations_of_names
from chalicelib.catalogue.load import load
from chalicelib.catalogue.model import Council
from chalicelib.kernel.languages import Language, language
from chalicelib.kernel.observability import logs
from chalicelib.settings import Settings, from_environment, metrics_namespace

if TYPE_CHECKING:
    from types import UnionType

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

    from chalicelib.aws.clients import SharedSession
    from chalicelib.aws.cloudfront import CloudFrontCdn, NoCdn
    from chalicelib.aws.sqs import SqsReaction
    from chalicelib.kernel.ids import Ids
    from chalicelib.kernel.signing import Secret
    from chalicelib.kernel.templating import Pages
    from chalicelib.net.safe_http_client import SafeHttpClient
    from chalicelib.publishing.s3_documents import S3Documents

SecretName = Literal[
    "id",
    "link",
    "token",
    "code",
    "alert",
    "push",
    "origin",
    "destinations",
    "identity",
    "payments",
]
TableName = Literal[
    "reports",
    "partners",
    "audit",
    "accounts",
    "outbound",
    "alerts",
    "jobs",
    "figures",
    "bookings",
    "charges",
    "ledger",
]
QueueName = Literal[
    "codes",
    "publish",
    "open_data",
    "fetch",
    "outbound",
    "send",
    "match",
    "alerts",
    "receipts",
    "open",
    "follow",
    "crews",
    "rounds",
    "figures",
    "orders",
    "unread",
]

SECRETS_GIVEN = frozenset(("destinations", "identity", "payments"))
"""Secrets with the keys that other organisations gave to the council."""

SETTINGS_MODULES = frozenset((__name__, "chalicelib.bootstrap.messaging"))
"""The modules that build from settings and secrets alone."""
BUILT: dict[Any, Any] = {}
"""The objects that this process has built, by builder and arguments."""

# Before the first line: a function that finds no settings counts its failure, too.
logs.name_metrics(metrics_namespace())

T = TypeVar("T")
Args = TypeVarTuple("Args")


def once(build: Callable[[*Args], T]) -> Callable[[*Args], T]:
    """Decorates a builder: it builds once for each set of arguments, and BUILT keeps the result."""

    @wraps(build)
    def build_once(*args: *Args) -> T:
        key = (build_once, *args)
        if key not in BUILT:
            BUILT[key] = build(*args)
        result: T = BUILT[key]
        return result

    return build_once


@contextmanager
def built_instead(build: Callable[..., Any], argument: Any, built: object) -> Iterator[None]:
    """Within it, `build(argument)` returns this object."""
    before = build(argument)
    BUILT[build, argument] = built
    try:
        yield
    finally:
        BUILT[build, argument] = before


def forget_built() -> None:
    """Drops everything that was built, for a process whose settings change."""
    BUILT.clear()


def forget_read_documents() -> None:
    """Drops everything that was built from the settings, clients and secrets of this process. This
    drops the published documents that it has read, too."""
    for key in [key for key in BUILT if key[0].__module__ not in SETTINGS_MODULES]:
        del BUILT[key]


@once
def settings() -> Settings:
    return from_environment()


@once
def council() -> Council:
    return load(settings().council)


@once
def language_of_council(code: str) -> Language:
    """The language with the council's own texts that errors have as values."""
    here = council()
    return language(code).with_names(translations_of_names(here, here.in_language(code)))


@once
def secret(name: SecretName) -> "Secret":
    """The secret of that name, which is read at first use. Get `origin` only if the settings name
    it."""
    from time import monotonic

    from chalicelib.aws.secrets import MIN_LENGTH, ManagedSecret

    return ManagedSecret(
        _secrets_manager,
        secret_arn(name),
        setting=_setting_name(name),
        monotonic=monotonic,
        min_length=0 if name in SECRETS_GIVEN else MIN_LENGTH,
    )


def _setting_name(name: SecretName) -> str:
    return f"{name.upper()}_SECRET_ARN"


def secret_arn(name: SecretName) -> str:
    """The ARN of that secret; empty where the settings name none."""
    arn: str = getattr(settings(), f"{name}_secret_arn")
    return arn


def secret_text(name: str, setting: Literal["destinations", "identity", "payments"]) -> str | None:
    """The text under that name in the JSON object of a secret that another organisation gave us;
    None if there is none. Raises UpstreamFailed, ConfigurationError."""
    from chalicelib.aws.secrets import IssuedCredentials

    if not secret_arn(setting):
        return None
    return IssuedCredentials(secret(setting), setting=_setting_name(setting)).of(name)


@once
def ids() -> "Ids":
    from chalicelib.kernel.ids import Ids

    return Ids(secret("id"), secret("link"))


def digest(*parts: str) -> str:
    """A digest under the secret that ids are made with."""
    from chalicelib.kernel.signing import hmac_hex

    return hmac_hex(secret("id").current(), *parts)


def random_id() -> str:
    """128 random bits as 32 hexadecimal digits."""
    from secrets import token_hex

    return token_hex(16)


@once
def session() -> "SharedSession":
    """The botocore session that every client of this process comes from."""
    from chalicelib.aws.clients import SharedSession

    return SharedSession()


def client(service: str, **options: Any) -> Any:
    """A client of that service of AWS."""
    # Without boto3: what it adds to these clients is not used, and costs 20 ms to import.
    return session().create_client(service, **options)


def table(name: TableName) -> str:
    """The name of a DynamoDB table, for a store that uses the session of this process."""
    from chalicelib.aws.clients import share_with_pynamodb

    share_with_pynamodb(session)
    found: str = getattr(settings(), f"{name}_table")
    return found


@once
def queue(name: QueueName) -> "SqsReaction":
    """The queue of that name."""
    return reaction_queue(name)


def reaction_queue(
    name: QueueName,
    kinds: "UnionType | type" = object,
    only: Callable[[object], bool] | None = None,
) -> "SqsReaction":
    """The queue of a reaction, which is sent only facts of these kinds; with `only`, only the facts
    for which it returns true."""
    from chalicelib.aws.sqs import SqsReaction

    return SqsReaction(_sqs(), getattr(settings(), f"{name}_queue_url"), kinds, only)


@once
def _sqs() -> "SQSClient":
    made: SQSClient = client("sqs")
    return made


@once
def _secrets_manager() -> Any:
    return client("secretsmanager")


def preload() -> None:
    """Loads the database's modules and makes the first clients, which nearly every request uses.
    Calls nobody."""
    from chalicelib.aws.clients import share_with_pynamodb
    from chalicelib.kernel.dynamo import item  # noqa: F401

    share_with_pynamodb(session)
    # PynamoDB makes its own clients from what this one has read.
    client("dynamodb")
    _secrets_manager()


@once
def s3() -> "S3Client":
    made: S3Client = client("s3")
    return made


@once
def signer() -> "S3Client":
    """Signs requests that a browser sends to the store: at its own address, or at this stack's."""
    from chalicelib.aws.clients import signing_config

    endpoint = settings().uploads_endpoint
    made: S3Client = client("s3", endpoint_url=endpoint or None, config=signing_config(at=endpoint))
    return made


@once
def published_documents() -> "S3Documents":
    """The bucket of published documents."""
    from chalicelib.publishing.s3_documents import S3Documents

    return S3Documents(s3(), settings().published_bucket)


def read_published(key: str) -> bytes | None:
    """A published document, None if there is none. Raises UpstreamFailed."""
    held = published_documents().read(key)
    return held.body if held else None


@once
def cdn() -> "CloudFrontCdn | NoCdn":
    from chalicelib.aws.cloudfront import CloudFrontCdn, NoCdn

    if not settings().distribution_id:
        return NoCdn()
    return CloudFrontCdn(client("cloudfront"), settings().distribution_id)


@once
def safe_http_client() -> "SafeHttpClient":
    """The client for requests to addresses that partners, staff or residents gave us."""
    from chalicelib.net.internet import Internet
    from chalicelib.net.safe_http_client import SafeHttpClient

    allowed = settings().outside_allowed.split(",")
    return SafeHttpClient(Internet(), frozenset(filter(None, allowed)))


@once
def template_pages(
    slice_name: Literal["accounts", "alerts", "forms", "jobs"], language: Language
) -> "Pages":
    """The pages of that slice's templates in that language."""
    from pathlib import Path

    from chalicelib.kernel.templating import Pages

    details = council().page_details_in(language.code, language.say)
    return Pages(Path(__file__).parents[1] / slice_name / "templates", details, language)
