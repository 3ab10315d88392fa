"""botocore makes the same clients of the shortened descriptions as of its own."""

import shutil
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.session import Session

from infra.descriptions import shorten
from infra.package_contents import SERVICES

OWN = Path(botocore.__file__).parent / "data"


@pytest.fixture(scope="module")
def shortened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The descriptions as the package has them."""
    data = tmp_path_factory.mktemp("data")
    for name in SERVICES:
        shutil.copytree(OWN / name, data / name, ignore=shutil.ignore_patterns("examples-*"))
    for path in OWN.glob("*.json"):
        shutil.copy(path, data)
    shorten(data)
    return data


def client(service: str, data: Path) -> Any:
    """A client that knows the descriptions in that folder alone."""
    session = Session()
    loader = Loader(extra_search_paths=[str(data)], include_default_search_paths=False)
    session.register_component("data_loader", loader)
    return session.create_client(
        service, region_name="eu-west-2", aws_access_key_id="a", aws_secret_access_key="b"
    )


def shapes(model: ServiceModel) -> dict[str, Any]:
    """What a request or response is written and read by."""
    found = ((name, model.shape_for(name)) for name in model.shape_names)
    return {
        name: (
            shape.type_name,
            shape.serialization,
            shape.metadata,
            [*getattr(shape, "members", ())],
        )
        for name, shape in found
    }


@pytest.mark.parametrize("service", SERVICES)
def test_client_is_the_same_as_of_whole_descriptions(service: str, shortened: Path) -> None:
    ours, whole = client(service, shortened).meta, client(service, OWN).meta
    assert ours.endpoint_url == whole.endpoint_url
    assert ours.config.signature_version == whole.config.signature_version
    model, of_whole = ours.service_model, whole.service_model
    assert shapes(model) == shapes(of_whole)
    for name in of_whole.operation_names:
        assert model.operation_model(name).http == of_whole.operation_model(name).http


def test_descriptions_have_no_documentation(shortened: Path) -> None:
    described = [path.read_text(encoding="utf-8") for path in shortened.glob("*/*/*")]
    assert len(described) > len(SERVICES)
    assert not any('"documentation":"<' in each for each in described)
    assert not list(shortened.glob("*/*/*.gz"))
