"""Holds requests and responses against somebody else's OpenAPI 3.0 file.

`openapi-core` does this, too, but none of its versions installs beside openapi-spec-validator 0.9.
"""

import json
import re
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS30Validator


class OpenApiFile:
    """The file; its checks raise AssertionError, which names the operation and the fault."""

    def __init__(self, path: Path) -> None:
        self._spec = json.loads(path.read_bytes())

    def check_request(self, method: str, path: str, body: Any) -> None:
        """The body of a request has the documented shape."""
        operation = self._operation(method, path)
        if wanted := operation.get("requestBody"):
            self._check(wanted["content"]["application/json"]["schema"], body, f"{method} {path}")

    def check_response(self, method: str, path: str, status: int, body: Any) -> None:
        """The status is documented, and the body has its shape."""
        responses = self._operation(method, path)["responses"]
        assert str(status) in responses, f"{method} {path}: {status} is not documented"
        content = responses[str(status)].get("content", {}).get("application/json")
        if content:
            self._check(content["schema"], body, f"{method} {path}: {status}")

    def _operation(self, method: str, path: str) -> Any:
        for template, operations in self._spec["paths"].items():
            if re.fullmatch(re.sub(r"{[^}]+}", "[^/]+", template), path):
                return operations[method.lower()]
        raise AssertionError(f"{path} is not documented")

    def _check(self, schema: Any, body: Any, where: str) -> None:
        validator = OAS30Validator({**schema, "components": self._spec["components"]})
        faults = [f"{each.json_path}: {each.message}" for each in validator.iter_errors(body)]
        assert not faults, f"{where}: {faults}"
