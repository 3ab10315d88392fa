"""`python -P bench/first_call.py MODULE.FUNCTION < event`: a fresh process answers its first event,
as a new Lambda does. It exits with status 1 if the response is an error."""

import json
import sys
from importlib import import_module
from types import SimpleNamespace


def main() -> None:
    module, _, name = sys.argv[1].rpartition(".")
    handler = getattr(import_module(module), name)
    context = SimpleNamespace(
        aws_request_id="00000000-0000-4000-8000-000000000000", function_name=name
    )
    answer = handler(json.load(sys.stdin), context) or {}
    if answer.get("statusCode", 200) >= 400 or answer.get("batchItemFailures"):
        sys.exit(f"{sys.argv[1]} answered {answer}")


main()
