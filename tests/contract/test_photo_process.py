"""The process that opens strangers' files has nothing of ours but the file."""

import json
from io import BytesIO

import pytest
from PIL import Image

from chalicelib.photos.image_sandbox import rebuild_in_sandbox, run_program
from tests.support.attack_photos import draw_picture, save_image

LOOK = ("-c", "import json, os; print(json.dumps(dict(os.environ)))")
"""A program that tells what it finds in its environment."""
PLANTED = {
    "AWS_ACCESS_KEY_ID": "AKIAPLANTED",
    "AWS_SECRET_ACCESS_KEY": "planted-secret",
    "AWS_SESSION_TOKEN": "planted-token",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.2/planted",
    "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001",
    "ID_SECRET_ARN": "arn:aws:secretsmanager:eu-west-2:000000000000:secret:planted-id",
    "LINK_SECRET_ARN": "arn:aws:secretsmanager:eu-west-2:000000000000:secret:planted-link",
    "REPORTS_TABLE": "planted-reports",
    "UPLOADS_BUCKET": "planted-uploads",
    "SOMETHING_TO_COME": "planted-too",
}


@pytest.fixture(autouse=True)
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PLANTED.items():
        monkeypatch.setenv(name, value)


def test_process_of_photos_finds_no_credential_when_it_looks_in_its_environment() -> None:
    found = json.loads(run_program(LOOK, b"").stdout)
    assert set(found) <= {"LD_LIBRARY_PATH", "PYTHONPATH", "LC_CTYPE"}
    assert not [value for value in found.values() if "planted" in value.lower()]


def test_process_of_photos_rebuilds_a_photo_when_its_environment_is_bare() -> None:
    made = rebuild_in_sandbox(save_image("JPEG", draw_picture(size=(400, 300))))
    assert Image.open(BytesIO(made.page)).size == (400, 300)
