"""The web client is not built in a look that some people cannot read, or with a logo that holds
more than shapes."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue.load import COUNCILS
from tests.conftest import ROOT

DEMO = json.loads((COUNCILS / "demo.json").read_bytes())
SCRIPT = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 36 36'><script>1</script></svg>"


def built(folder: Path, theme: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """What the build says to a council with this look."""
    npm = shutil.which("npm")
    assert npm, "There is no npm: run `make setup`."
    document = folder / "here.json"
    document.write_text(json.dumps(DEMO | {"theme": DEMO["theme"] | theme}), encoding="utf-8")
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
    stopped = built(tmp_path, theme)
    assert stopped.returncode != 0
    assert says in stopped.stderr
    assert not (tmp_path / "out").exists()
