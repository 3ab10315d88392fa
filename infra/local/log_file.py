"""Logs of a running stack: every line in a file, and one short line for each error on the
terminal."""

import logging

from chalicelib.kernel.observability import logs
from infra.local.running import FOLDER

LOG = FOLDER / "log.jsonl"


def start_log() -> None:
    """Starts an empty file. From here on nothing is logged on standard output."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    file = logging.FileHandler(LOG, mode="w", encoding="utf-8")
    file.setFormatter(logs.JsonLine())
    terminal = logging.StreamHandler()
    terminal.setLevel(logging.ERROR)
    terminal.setFormatter(_ShortLine())
    logging.getLogger(logs.NAME).handlers[:] = [file, terminal]


class _ShortLine(logging.Formatter):
    """The line that says what failed, why, and where the details are."""

    def format(self, record: logging.LogRecord) -> str:
        error = getattr(record, "fields", {}).get("error", "")
        return f"Error: {record.msg} ({error}). See {LOG.parent.name}/{LOG.name}"
