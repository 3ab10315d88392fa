"""The web client is not built in a look that some people cannot read, or with a logo that holds
more than shapes. Its English scripts are the same with and without other languages."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue.load import COUNCILS
from infra.languages import FOLDER, read_language
from tests.conftest import ROOT

IMPORTED = re.compile(r"""["'](\.{1,2}/[\w./-]+\.js)["']""")
LONGER_THAN_NAMES = 12
"""Characters: shorter texts may be the same in both languages."""
DEMO = json.loads((COUNCILS / "demo.json").read_bytes())
SCRIPT = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 36 36'><script>1</script></svg>"


def build_with(folder: Path, changes: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """What the build says to the demo council with these changes."""
    npm = shutil.which("npm")
    assert npm, "There is no npm: run `make setup`."
    document = folder / "here.json"
    document.write_text(json.dumps(DEMO | changes), encoding="utf-8")
    return subprocess.run(
        [npm, "run", "--silent", "build"],
        cwd=ROOT / "web",
        env=dict(os.environ) | {"COUNCIL": str(document), "OUT_DIR": str(folder / "out")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("theme", "says"),
    [
        (
            {"light": DEMO["theme"]["light"] | {"link": "#7ac7b8"}},
            "here.json: `$.theme.light.link`: #7ac7b8 on light.surface #eef5f2 has a contrast of",
        ),
        (
            {"logo": {"file": "attack.svg", "width": 36, "height": 36}},
            "attack.svg: <script> is not permitted; remove it",
        ),
    ],
    ids=["a faint link", "a script in the logo"],
)
def test_build_stops_and_names_the_fault(theme: dict[str, Any], says: str, tmp_path: Path) -> None:
    (tmp_path / "attack.svg").write_text(SCRIPT, encoding="utf-8")
    stopped = build_with(tmp_path, {"theme": DEMO["theme"] | theme})
    assert stopped.returncode != 0
    assert says in stopped.stderr
    assert not (tmp_path / "out").exists()


def scripts_of(entries: Iterable[Path]) -> str:
    """These scripts, and all that they import."""
    found: dict[Path, str] = {}
    waiting = set(entries)
    while waiting:
        path = waiting.pop().resolve()
        found[path] = path.read_text(encoding="utf-8")
        imported = {path.parent / each for each in IMPORTED.findall(found[path])}
        waiting |= {each for each in imported if each.resolve() not in found}
    return "".join(found.values())


def test_english_scripts_hold_no_welsh_text_when_the_council_has_welsh() -> None:
    assets = ROOT / "build" / "web" / "demo" / "assets"
    catalogue = read_language(FOLDER / "cy.po").catalogue
    welsh = {each.string for each in catalogue if isinstance(each.string, str)}
    in_welsh = scripts_of((assets / "cy").glob("*.js"))
    texts = {each for each in welsh if len(each) > LONGER_THAN_NAMES and each in in_welsh}
    assert len(texts) > 100
    in_english = scripts_of(assets.glob("*.js"))
    assert {each for each in texts if each in in_english} == set()


@pytest.mark.exhaustive
def test_english_scripts_are_no_larger_when_there_are_other_languages(tmp_path: Path) -> None:
    for logo in COUNCILS.glob("demo.*"):
        shutil.copy(logo, tmp_path)
    for name, translations in {"alone": {}, "with_welsh": DEMO["translations"]}.items():
        done = build_with(tmp_path, {"translations": translations})
        assert done.returncode == 0, done.stderr
        (tmp_path / "out").rename(tmp_path / name)
    assert (tmp_path / "with_welsh" / "cy").is_dir()
    alone = tmp_path / "alone" / "assets"
    english = {each.relative_to(alone).as_posix() for each in alone.rglob("*.js")}
    assert len(english) > 20
    changed = {
        each
        for each in english
        if (tmp_path / "with_welsh" / "assets" / each).read_bytes() != (alone / each).read_bytes()
    }
    # It lists the languages.
    assert changed == {"account-details.js"}
