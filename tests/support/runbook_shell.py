"""Runs the shell commands of a guide in a real shell, with `aws` and `python` answered by this
process: they work on its simulated AWS."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TextIO

Answer = tuple[int, str]
"""The exit code and what is printed."""

END = "\x01"
SHIM = f"""
set -eu
answer() {{
  printf '%s\\0' "$@" $'{END}' >&"$REQUESTS"
  IFS= read -r -u "$ANSWERS" code
  cat "$PRINTED"
  return "$code"
}}
aws() {{ answer aws "$@"; }}
python() {{ answer python "$@"; }}
"""


def code_blocks(guide: str) -> list[str]:
    """The commands of each code block of the guide, without its indentation."""
    found = re.findall(r"^( *)```\n(.*?)^ *```$", guide, flags=re.MULTILINE | re.DOTALL)
    return [re.sub(f"^{indent}", "", text, flags=re.MULTILINE) for indent, text in found]


def run_script(
    script: str,
    answer: Callable[[list[str]], Answer],
    environment: Mapping[str, str],
    folder: Path,
) -> str:
    """Runs the script until its first failure. Returns what it printed. Raises AssertionError."""
    printed = folder / "printed"
    request_end, requests = os.pipe()
    answers, answer_end = os.pipe()
    names = {"REQUESTS": str(requests), "ANSWERS": str(answers), "PRINTED": str(printed)}
    shell = subprocess.Popen(
        ["bash", "-c", SHIM + script],
        env={**os.environ, **environment, **names},
        pass_fds=(requests, answers),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    os.close(requests)
    os.close(answers)
    with os.fdopen(request_end) as reading, os.fdopen(answer_end, "w") as writing:
        for words in _requests(reading):
            code, text = answer(words)
            printed.write_text(text, encoding="utf-8")
            writing.write(f"{code}\n")
            writing.flush()
    output, _ = shell.communicate()
    assert shell.returncode == 0, output[-2000:]
    return output


def _requests(reading: TextIO) -> Iterator[list[str]]:
    words: list[str] = []
    word = ""
    while letter := reading.read(1):
        if letter != "\0":
            word += letter
            continue
        if word == END:
            yield words
            words = []
        else:
            words.append(word)
        word = ""
