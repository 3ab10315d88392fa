"""Shortens botocore's descriptions of AWS's services for the functions' package, and leaves out the
code that writes their documentation (ADR 76)."""

import gzip
import shutil
from pathlib import Path
from typing import Any

from msgspec import json

DOCS_READ = "utils.py"
"""The module of botocore's `docs` that its requests use."""
EMPTY_DOCSTRINGS = '''"""Empty docstrings, in place of those that botocore writes on demand."""


class _Empty(str):
    def __new__(cls, *_, **__):
        return super().__new__(cls)


ClientMethodDocstring = PaginatorDocstring = WaiterDocstring = _Empty
'''


def leave_out_docstrings(docs: Path) -> None:
    """Empties botocore's package `docs`, which imports a parser of HTML and twenty modules, but for
    what its clients use."""
    used = (docs / DOCS_READ).read_bytes()
    shutil.rmtree(docs)
    docs.mkdir()
    (docs / "__init__.py").touch()
    (docs / DOCS_READ).write_bytes(used)
    (docs / "docstring.py").write_text(EMPTY_DOCSTRINGS, encoding="utf-8")


def shorten_descriptions(data: Path) -> None:
    """Unpacks the descriptions in that folder, empties their documentation, and leaves the services
    that are described there in endpoints.json."""
    described = {_shorten_description(path) for path in data.glob("*/*/*.json*")}
    endpoints = data / "endpoints.json"
    known = json.decode(endpoints.read_bytes())
    for partition in known["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in services if name in described}
    endpoints.write_bytes(json.encode(known))


def _shorten_description(path: Path) -> str:
    """Rewrites one description. Returns the service's name in endpoints.json, empty if the file
    does not say it."""
    packed = path.read_bytes()
    content = json.decode(gzip.decompress(packed) if path.suffix == ".gz" else packed)
    path.unlink()
    path.with_name(path.name.removesuffix(".gz")).write_bytes(
        json.encode(_without_documentation(content))
    )
    name: str = content.get("metadata", {}).get("endpointPrefix", "")
    return name


def _without_documentation(content: Any) -> Any:
    """botocore reads some of the texts, so they stay as empty ones."""
    if isinstance(content, list):
        return [_without_documentation(each) for each in content]
    if not isinstance(content, dict):
        return content
    return {
        key: ""
        if key == "documentation" and isinstance(value, str)
        else _without_documentation(value)
        for key, value in content.items()
    }
