"""botocore makes the same clients of the shortened descriptions as of its own."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.session import Session

from infra.descriptions import leave_out_docstrings, shorten_descriptions
from infra.package_contents import SERVICES

OWN = Path(botocore.__file__).parent / "data"
CLIENT = """
import json, sys
from botocore.session import Session
client = Session().create_client(
    "s3", region_name="eu-west-2", aws_access_key_id="a", aws_secret_access_key="b"
)
client.get_paginator("list_objects_v2"), client.get_waiter("object_exists")
print(json.dumps([client.get_object.__doc__, *sys.modules]))
"""


@pytest.fixture(scope="module")
def shortened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The descriptions as the package has them."""
    data = tmp_path_factory.mktemp("data")
    for name in SERVICES:
        shutil.copytree(OWN / name, data / name, ignore=shutil.ignore_patterns("examples-*"))
    for path in OWN.glob("*.json"):
        shutil.copy(path, data)
    shorten_descriptions(data)
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


def test_client_without_docstrings_loads_nothing_that_writes_them(tmp_path: Path) -> None:
    shutil.copytree(OWN.parent, tmp_path / "botocore")
    leave_out_docstrings(tmp_path / "botocore" / "docs")
    done = subprocess.run(
        [sys.executable, "-c", CLIENT],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    docstring, *modules = json.loads(done.stdout)
    assert docstring == ""
    docs = {name for name in modules if name.startswith("botocore.docs")}
    assert docs == {"botocore.docs", "botocore.docs.docstring", "botocore.docs.utils"}
    assert "html.parser" not in modules
