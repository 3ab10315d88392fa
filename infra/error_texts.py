"""Finds the texts of the errors that residents see."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from chalicelib import errors
from infra.texts import (
    ROOT,
    Message,
    file_of,
)

_ERRORS = frozenset(
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.AppError) and kind is not errors.NotNow
) | {"InvalidAnswer"}
_SECOND = frozenset({"field", "FieldError", "hex_id_of"})
"""The functions whose second argument is the text of an error."""
_FOR_OTHERS = (
    "accounts/usecases/block_list.py",
    "accounts/usecases/staff.py",
    "alerts/usecases/failed.py",
    "aws/cloudfront.py",
    "aws/ses.py",
    "aws/sns.py",
    "bootstrap/",
    "catalogue/open311.py",
    "collections/round_operations.py",
    "collections/staff_rounds.py",
    "desk/",
    "disruptions/",
    "geo/",
    "georeport/",
    "handlers/accounts/blocks.py",
    "handlers/accounts/people.py",
    "handlers/accounts/privacy_events.py",
    "handlers/alerts/disruptions.py",
    "handlers/alerts/failed_alerts.py",
    "handlers/cases/",
    "handlers/collections/rounds.py",
    "handlers/exchange/",
    "handlers/jobs/",
    "handlers/publishing/",
    "handlers/reports/photos_events.py",
    "integrations/",
    "jobs/",
    "kernel/operations.py",
    "net/",
    "outbound/",
    "partners/",
    "photos/media_fetcher.py",
    "photos/usecases/blackening.py",
    "publishing/",
    "reports/cases.py",
    "reports/open311_forms.py",
    "reports/usecases/attention.py",
    "reports/usecases/exchange/",
    "reports/usecases/target_dates.py",
    "reports/usecases/notes.py",
    "reports/usecases/staff/casework.py",
    "reports/usecases/staff/case_changes.py",
    "reports/usecases/staff/merging.py",
    "reports/usecases/staff/queue.py",
    "reports/usecases/staff/undo.py",
    "reports/usecases/staff/unmerging.py",
    "reports/usecases/triage.py",
    "settings.py",
)
"""Modules of `chalicelib` whose errors only staff, other systems or the log see, in English."""


class RaisedTexts(NamedTuple):
    """The texts of the errors that a module raises: constants, which are messages, and the source
    of those that cannot be translated, as they have their values in them."""

    constants: tuple[str, ...]
    unmarked: tuple[str, ...]


def raised_messages() -> Iterator[Message]:
    """The texts of the errors that residents see."""
    for path in modules_for_residents():
        for text in find_raised_texts(path.read_text(encoding="utf-8")).constants:
            yield Message(file_of(path), text)


def modules_for_residents() -> list[Path]:
    """The modules whose errors residents may see."""
    package = ROOT / "chalicelib"
    return [
        path
        for path in sorted(package.rglob("*.py"))
        if not path.relative_to(package).as_posix().startswith(_FOR_OTHERS)
    ]


def find_raised_texts(source: str) -> RaisedTexts:
    """The texts that a module gives to the errors of `chalicelib.errors`."""
    tree = ast.parse(source)
    named = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    constants, unmarked = [], []
    for node in ast.walk(tree):
        text = _error_text(node) if isinstance(node, ast.Call) else None
        text = named.get(text.id, text) if isinstance(text, ast.Name) else text
        if isinstance(text, ast.Constant):
            constants.append(str(text.value))
        elif isinstance(text, ast.JoinedStr | ast.BinOp):
            unmarked.append(ast.unparse(text))
    return RaisedTexts(tuple(constants), tuple(unmarked))


def _error_text(call: ast.Call) -> ast.expr | None:
    """The text in the making of an error, or of the fault of a field."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    place = 1 if name in _SECOND else 0 if name in _ERRORS else len(call.args)
    return call.args[place] if place < len(call.args) else None
