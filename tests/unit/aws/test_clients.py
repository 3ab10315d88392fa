"""The shared session reads botocore's descriptions as botocore does."""

import gzip
from pathlib import Path

import pytest
from botocore.exceptions import UnknownServiceError
from botocore.loaders import JSONFileLoader
from botocore.session import Session

from chalicelib.aws.clients import SharedSession

SERVICES = ("dynamodb", "s3", "sqs", "secretsmanager")


@pytest.mark.parametrize("service", SERVICES)
def test_description_of_a_service_is_botocores_own(service: str) -> None:
    ours = SharedSession().get_service_model(service)
    assert ours.metadata == Session().get_service_model(service).metadata
    assert list(ours.operation_names) == list(Session().get_service_model(service).operation_names)


def test_service_is_refused_when_botocore_has_none_of_that_name() -> None:
    with pytest.raises(UnknownServiceError):
        SharedSession().get_service_model("parking")


def test_description_is_read_packed_or_not(tmp_path: Path) -> None:
    (tmp_path / "packed.json.gz").write_bytes(gzip.compress(b'{"name": "S\xc3\xa3o"}'))
    (tmp_path / "plain.json").write_bytes(b'{"name": ["a", 1, 2.5, null]}')
    loader = SharedSession().get_component("data_loader").file_loader
    for name in ("packed", "plain"):
        path = str(tmp_path / name)
        assert loader.exists(path)
        assert loader.load_file(path) == JSONFileLoader().load_file(path)


def test_description_that_does_not_exist_is_none(tmp_path: Path) -> None:
    loader = SharedSession().get_component("data_loader").file_loader
    assert not loader.exists(str(tmp_path / "absent"))
    assert loader.load_file(str(tmp_path / "absent")) is None
