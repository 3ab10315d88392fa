"""`make run`: starts the local stack and prints its address; Ctrl-C stops all of it."""

import logging
import os
import re
import signal
import sys
import threading
from pathlib import Path

from chalicelib.errors import ConfigurationError
from infra.local import log_file
from infra.local.cloud import DEMO
from infra.local.running import remove_environment, store_environment
from infra.local.secrets import SECRETS_FILE
from infra.local.stack import LocalStack, Options

SEEDS = ("demo", "none")


def main() -> int:
    """Runs until it is stopped. Returns the exit status."""
    logging.basicConfig(level=logging.WARNING)
    try:
        options = _options(os.environ)
        stack = LocalStack(options)
    except ConfigurationError as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(
            f"Port {os.environ.get('PORT', '8000')} cannot be used ({error.strerror}): stop the "
            "program that uses it, or choose another port with `make run PORT=8010`."
        )
    log_file.start_log()
    over = _stop_event()
    stack.start()
    store_environment(stack.outside_environment())
    print(f"Ready: {stack.url}", flush=True)
    over.wait()
    remove_environment(stack.outside_environment())
    stack.stop()
    return 0


def _options(environ: "os._Environ[str]") -> Options:
    council, port = environ.get("COUNCIL") or DEMO, environ.get("PORT") or "8000"
    seed = environ.get("SEED") or ("demo" if council == DEMO else "none")
    if not re.fullmatch(r"[1-9][0-9]{0,4}", port) or int(port) > 65535:
        raise ConfigurationError(f"PORT={port}: give a number from 1 to 65535, such as PORT=8010.")
    if seed not in SEEDS:
        raise ConfigurationError(f"SEED={seed}: choose one of {', '.join(SEEDS)}.")
    if seed == "demo" and council != DEMO:
        raise ConfigurationError(f"SEED=demo belongs to COUNCIL={DEMO}: choose SEED=none.")
    wait = environ.get("ALERTS_WAIT_S") or "5"
    if not re.fullmatch(r"[0-9]{1,3}", wait):
        raise ConfigurationError(f"ALERTS_WAIT_S={wait}: give seconds, such as ALERTS_WAIT_S=600.")
    web = environ.get("WEB")
    return Options(
        port=int(port),
        council=council,
        seed=seed,
        web=Path(web) if web else None,
        secrets_file=SECRETS_FILE,
        outside_allowed=environ.get("OUTSIDE_ALLOWED") or "",
        alerts_wait_s=int(wait),
    )


def _stop_event() -> threading.Event:
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    return over


def _refuse(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
