"""Words that people wrote are shown in the direction of their own script, such as Arabic."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
TAG = re.compile(r'<[a-z]+\b[^<>]*?class="[^"]*\bapp-prose\b[^<>]*>|<textarea\b[^>]*>')
MADE = re.compile(r'\{[^{}]*class: "app-prose"[^{}]*\}')
"""The attributes of such an element that a script makes."""


def markup() -> Iterator[tuple[Path, str]]:
    """Each element of templates and pages that shows or takes words of people."""
    templates = (ROOT / "chalicelib").rglob("templates/*.html")
    for path in (*templates, *(ROOT / "web").glob("*/index.html")):
        for found in TAG.finditer(path.read_text()):
            yield path, found[0]


def test_words_that_people_wrote_have_the_direction_of_their_script() -> None:
    found = list(markup())
    assert len(found) > 10
    lacking = [f"{path.name}: {each}" for path, each in found if 'dir="auto"' not in each]
    assert lacking == []


def test_scripts_show_words_that_people_wrote_in_the_direction_of_their_script() -> None:
    scripts = (ROOT / "web/src").rglob("*.ts")
    made = [each for path in scripts for each in MADE.findall(path.read_text())]
    assert len(made) > 20
    assert [each for each in made if 'dir: "auto"' not in each] == []
