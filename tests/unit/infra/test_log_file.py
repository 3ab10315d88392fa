"""A running stack keeps its log in a file and tells of errors in one short line."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.kernel.observability import logs
from infra.local import log_file
from tests.support.log_lines import decode_lines


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    kept = tmp_path / ".local" / "log.jsonl"
    monkeypatch.setattr(log_file, "LOG", kept)
    log = logging.getLogger(logs.NAME)
    before = log.handlers[:]
    yield kept
    for handler in set(log.handlers) - set(before):
        handler.close()
    log.handlers[:] = before


def test_lines_go_to_a_new_file_and_errors_also_to_the_terminal(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.parent.mkdir()
    file.write_text("of the last run\n")
    log_file.start_log()
    logs.event("something", records=1)
    logs.failure("something broke", ValueError("Canary Nightjar"), records=1)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "Error: something broke (ValueError). See .local/log.jsonl\n"
    first, second = decode_lines(file.read_text().splitlines())
    assert (first["event"], second["event"]) == ("something", "something broke")
