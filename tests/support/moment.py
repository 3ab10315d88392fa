"""The moment at which the tests of each module of tests/api and tests/contract begin, so that their
outcome depends on no day and no hour (ADR 95). `TEST_MOMENT=2027-03-28T00:59:30Z` is another one.
"""

import os
from datetime import datetime

from tests.support.councils import council_named

BEGIN = datetime.fromisoformat(os.environ.get("TEST_MOMENT", "2026-11-24T10:10:10Z"))
TODAY = BEGIN.astimezone(council_named("demo").zone).date()
"""The day of `BEGIN` on the demo council's clock."""
