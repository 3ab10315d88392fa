"""Whatever is kept has a row in the data registry, and every row is about something kept."""

import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

import pytest
from msgspec import Struct
from msgspec.inspect import StructType, Type, VarTupleType, type_info
from pynamodb.attributes import Attribute, UnicodeAttribute
from pynamodb.models import Model

from chalicelib.handlers.http import cookies
from chalicelib.kernel.dynamo.attributes import JsonAttribute
from chalicelib.privacy.registry import load_registry
from chalicelib.publishing import feeds
from chalicelib.publishing import model as published
from chalicelib.publishing import open_data_index as index
from infra.log_groups import KEPT_DAYS
from infra.template import merged_fragments
from tests.conftest import ROOT

Names = set[tuple[str, str]]
KEEPS = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SQS::Queue")
WEB = ROOT / "web" / "src"
STORAGE = re.compile(r"\b(sessionStorage|localStorage)\b")
KEY = re.compile(r"[\"`](ginnel\.[\w.-]+(?:\$\{\w+\})?)[\"`]")
NAMED = re.compile(r"\$\{\w+\}")
DATABASE = re.compile(r'DATABASE = "(\w+)";\s*const STORE = "(\w+)"')
CACHE = re.compile(r'\bCACHE = "(\w+)"')
OTHERWISE = re.compile(r"document\.cookie|cookieStore|storage\.getDirectory")


def rows(*stores: str) -> Names:
    return {(row.store, row.attribute) for row in load_registry().rows if row.store in stores}


def every_item() -> list[type[Model]]:
    """The items of every slice that keeps some."""
    slices = ROOT / "chalicelib"
    files = [*slices.glob("*/dynamo*.py"), *slices.glob("*/dynamo/*.py")]
    names = [path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".") for path in files]
    modules = [import_module(name) for name in sorted(names)]
    kinds = {kind for module in modules for kind in vars(module).values() if isinstance(kind, type)}
    items = [kind for kind in kinds if issubclass(kind, Model) and kind is not Model]
    return [item for item in items if not item.__subclasses__()]


def store_of(item: type[Model]) -> str:
    """ArchivedUpdateItem lies in the store archived-update."""
    words = re.findall("[A-Z][a-z]+", item.__name__.removesuffix("Item"))
    return "-".join(words).lower()


def kept_in(item: type[Model]) -> Names:
    """All that an item keeps: an attribute without a row of its own by its parts."""
    store = store_of(item)
    described = {name for _, name in rows(store)}
    return {
        (store, name)
        for attribute, value in item.get_attributes().items()
        for name in ([attribute] if attribute in described else names_in(attribute, value))
    }


def names_in(name: str, attribute: Attribute[Any]) -> Iterable[str]:
    return (
        nested(name, type_info(attribute.kind)) if isinstance(attribute, JsonAttribute) else [name]
    )


def nested(name: str, kind: Type) -> Iterator[str]:
    """The parts of what an attribute holds, each by its way from there."""
    inner = kind.item_type if isinstance(kind, VarTupleType) else kind
    if not isinstance(inner, StructType):
        yield name
        return
    for field in inner.fields:
        yield from nested(f"{name}.{field.encode_name}", field.type)


def test_every_attribute_of_every_item_has_a_row_and_every_row_its_attribute() -> None:
    items = every_item()
    assert len(items) >= 4
    assert {name for item in items for name in kept_in(item)} == rows(*map(store_of, items))


def test_attribute_is_detected_when_it_has_no_row() -> None:
    class Device(Struct):
        maker: str
        numbers: tuple[int, ...]

    class FollowerItem(Model):
        class Meta:
            table_name = ""

        service_request_id = UnicodeAttribute(hash_key=True)
        record = UnicodeAttribute(range_key=True)
        email = UnicodeAttribute()
        devices = JsonAttribute[tuple[Device, ...]](tuple[Device, ...])

    missing = {name for _, name in kept_in(FollowerItem) - rows("follower")}
    assert missing == {"email", "devices.maker", "devices.numbers"}


def test_everything_in_the_template_that_stores_data_belongs_to_a_store() -> None:
    resources = merged_fragments()["Resources"].items()
    keeps = {name for name, resource in resources if resource.get("Type") in KEEPS}
    assert keeps == {name for store in load_registry().stores for name in store.resources}


def test_times_are_those_of_the_template() -> None:
    kept_for = {(row.store, row.attribute): row.kept_for for row in load_registry().rows}
    resources = merged_fragments()["Resources"]
    (uploads,) = resources["UploadsBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    letters = resources["PublishDeadLetterQueue"]["Properties"]["MessageRetentionPeriod"]
    file = kept_for["uploads", "{service_request_id}/{photo_id}"]
    assert f"{uploads['ExpirationInDays']} days" in file
    assert f"{letters // 86400} days" in kept_for["messages", "facts"]
    (mail,) = resources["MailBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert kept_for["mail", "{key}"].endswith(f"; else {mail['ExpirationInDays']} days")
    assert f"{KEPT_DAYS} days" == kept_for["logs", "lines"]


def test_every_published_document_has_a_row() -> None:
    places = {"INDEX", "SERVICES", "PLACES", "BASEMAP", "TILES", "REPORTS", "PAGES", "PHOTOS"}
    documents = {name for _, name in rows("published")}
    for place in places:
        where = getattr(published, place)
        assert any(name.startswith(where) for name in documents), place
    make = (index.list_key, index.csv_key, index.geojson_key, index.day_key)
    of_days = {each("YYYY-MM-DD").replace("YYYY-MM/DD", "{month}/{day}") for each in make}
    of_days |= {index.archive_key("{day}"), index.month_key("{month}"), index.INDEX}
    assert of_days <= documents
    assert any(name.startswith(feeds.FOLDER) for name in documents)


def kept_in_browsers(source: str) -> set[str]:
    """What a source of the web client keeps, as the registry calls it."""
    databases = {f"IndexedDB {database}/{store}" for database, store in DATABASE.findall(source)}
    held = {f"CacheStorage {name}" for name in CACHE.findall(source)}
    storages = set(STORAGE.findall(source))
    keys = {NAMED.sub("{service_request_id}", key) for key in KEY.findall(source)}
    opens = "indexedDB.open" in source
    assert bool(databases) == opens, "name database and store beside their use"
    assert bool(storages) == bool(keys), "name the keys beside their use"
    assert bool(held) == ("caches." in source), "name caches beside their use"
    return databases | held | {f"{storage} {key}" for storage in storages for key in keys}


def test_every_key_of_the_browsers_storage_has_a_row_and_every_row_its_key() -> None:
    sources = [path.read_text(encoding="utf-8") for path in sorted(WEB.rglob("*.ts"))]
    kept = {name for source in sources for name in kept_in_browsers(source)}
    kept |= {
        f"cookie {cookies.SECURE}{name}"
        for name in (cookies.NAME, cookies.HANDOVER, cookies.DEVICE, cookies.PAYER)
    }
    assert kept == {name for _, name in rows("browser")}
    assert not [source for source in sources if OTHERWISE.search(source)]


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ('localStorage.setItem("ginnel.planted", "1");', {"localStorage ginnel.planted"}),
        (
            'const DATABASE = "other";\nconst STORE = "x";\nindexedDB.open(DATABASE, 1);',
            {"IndexedDB other/x"},
        ),
        ('const CACHE = "planted";\ncaches.open(CACHE);', {"CacheStorage planted"}),
    ],
)
def test_storage_is_detected_when_it_has_no_row(planted: str, found: set[str]) -> None:
    known = {name for _, name in rows("browser")}
    assert kept_in_browsers(planted) - known == found


@pytest.mark.parametrize(
    "planted",
    ["sessionStorage.setItem(made(), text);", "indexedDB.open(x);", "caches.open(made());"],
)
def test_storage_is_refused_when_its_name_cannot_be_read(planted: str) -> None:
    with pytest.raises(AssertionError, match="beside their use"):
        kept_in_browsers(planted)
