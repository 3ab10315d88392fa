"""What a council's document says to other systems."""

import json

import pytest

from chalicelib.catalogue.load import COUNCILS, parse
from chalicelib.errors import ConfigurationError


def test_council_is_refused_when_a_service_would_never_return_a_reports_id() -> None:
    document = json.loads((COUNCILS / "demo.json").read_bytes())
    document["services"][0]["type"] = "blackbox"
    with pytest.raises(ConfigurationError, match="type"):
        parse(json.dumps(document).encode(), "demo")
