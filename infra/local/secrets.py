"""The local stack's own secrets: made at its first run and stored, so that tokens and links stay
valid when it starts again."""

import json
import secrets
from pathlib import Path
from tempfile import NamedTemporaryFile

from chalicelib.errors import ConfigurationError
from infra.local.running import FOLDER
from infra.resources import secret_names, template

SECRETS_FILE = FOLDER / "secrets.json"

PAYMENTS = "PaymentsSecret"

Values = dict[str, str]
"""A secret's name in the template → its value."""


def random_values() -> Values:
    """New random values, as Secrets Manager makes them."""
    return {name: _random_value(name) for name in secret_names()}


def _random_value(name: str) -> str:
    """A text, or a JSON object with it under the template's key. What a provider would give us is
    made here, too: its stand-in reads the same secret."""
    if name == PAYMENTS:
        return json.dumps({key: secrets.token_hex(32) for key in ("api_key", "signing_secret")})
    asked = template()["Resources"][name]["Properties"]["GenerateSecretString"]
    value, key = secrets.token_hex(32), asked.get("GenerateStringKey")
    return json.dumps({key: value}) if key else value


def stored_values(file: Path = SECRETS_FILE) -> Values:
    """The values in the file, which is created or completed as needed. Raises ConfigurationError if
    the file cannot be read.
    """
    known = _read(file) if file.exists() else {}
    values = random_values() | known
    if values != known:
        _write(values, file)
    return values


def _write(values: Values, file: Path) -> None:
    """Replaces the file atomically, readable only by its owner; another stack may be reading it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, delete=False) as new:
        json.dump(values, new, indent=2)
    Path(new.name).replace(file)


def _read(file: Path) -> Values:
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        known = None
    if not isinstance(known, dict) or not all(isinstance(value, str) for value in known.values()):
        raise ConfigurationError(
            f"{file} is not a JSON object of texts: delete it. The next run makes new secrets; "
            "earlier tokens and links stop working."
        )
    return known
