"""What moto does once is the same as what it does each time."""

import pytest
from botocore.loaders import Loader
from botocore.session import Session
from moto.core.loaders import create_loader

from chalicelib.aws.clients import SharedSession
from infra.local import quick_moto


@pytest.mark.parametrize("service", ["s3", "sqs"])
def test_description_of_botocore_has_nothing_that_moto_adds(service: str) -> None:
    quick_moto.install()
    own = SharedSession().get_service_model(service).metadata
    of_moto = create_loader().load_service_model(service, "service-2")["metadata"]
    of_botocore = Loader().load_service_model(service, "service-2")["metadata"]
    assert of_moto != own
    assert of_botocore == Session().get_service_model(service).metadata == own
