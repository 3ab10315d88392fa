"""Links that open a report that is not public: each module that makes one is listed here with the
reason why its reader may have it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAKERS = {"tracking_url", "payment_url", "receipt_url", "link_token"}
MAY_HAVE_IT = {
    "chalicelib/handlers/accounts/own_report_views.py": "the account that owns the reports",
    "chalicelib/handlers/forms/booking_file.py": "the caller opened the report",
    "chalicelib/handlers/forms/report_form.py": "the sender; others get status_url",
    "chalicelib/handlers/reports/repair_feedback.py": "it is public, or the asked one sent it",
    "chalicelib/handlers/reports/reporter_questions.py": "only the reporter is asked",
    "chalicelib/handlers/reports/reports.py": "the sender; others get status_url",
    "chalicelib/integrations/reports_for_messages.py": "ReportNews.may_be_shown_to is asked first",
    "chalicelib/reports/usecases/access.py": "the caller has the key that sent it",
    "chalicelib/reports/usecases/resident/repair_feedback.py": "answers, and shows no link",
    "chalicelib/reports/views.py": "makes them; a view is for a caller who may see the report",
}


def _modules_that_make_links() -> Iterator[str]:
    for path in sorted((ROOT / "chalicelib").rglob("*.py")):
        if path.is_relative_to(ROOT / "chalicelib" / "accounts"):
            continue  # Its links sign people in, and open no report.
        if any(_makes_link(node) for node in ast.walk(ast.parse(path.read_text()))):
            yield str(path.relative_to(ROOT))


def _makes_link(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    return getattr(node.func, "id", getattr(node.func, "attr", "")) in MAKERS


def test_each_module_that_makes_a_secret_link_says_who_may_have_it() -> None:
    assert list(_modules_that_make_links()) == sorted(MAY_HAVE_IT)
