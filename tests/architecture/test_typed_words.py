"""Words that people wrote are shown in the direction of their own script, such as Arabic."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
TAG = re.compile(r'<[a-z]+\b[^<>]*?class="app-prose"[^<>]*>|<textarea\b[^>]*>')
ELEMENT = re.compile(r'(\{[^{}]*class: "app-prose"[^{}]*\})')
TEXTAREA = re.compile(r'element\(\s*"textarea",\s*(\{[^{}]*\})')


def markup() -> Iterator[tuple[Path, str]]:
    """Each element of templates and pages that shows or takes words of people."""
    pages = (
        *(ROOT / "chalicelib").rglob("templates/*.html"),
        *(ROOT / "web").glob("*/**/index.html"),
    )
    for path in pages:
        if "node_modules" not in path.parts:
            for found in TAG.finditer(path.read_text()):
                yield path, found[0]


def scripts() -> Iterator[tuple[Path, str]]:
    """The attributes of each such element that a script makes."""
    for path in (ROOT / "web" / "src").rglob("*.ts"):
        source = path.read_text()
        for pattern in (ELEMENT, TEXTAREA):
            for found in pattern.finditer(source):
                yield path, found[1]


def test_words_that_people_wrote_have_the_direction_of_their_script() -> None:
    found = [*markup(), *scripts()]
    assert len(found) > 40
    lacking = [
        f"{path.relative_to(ROOT)}: {each}"
        for path, each in found
        if 'dir="auto"' not in each and 'dir: "auto"' not in each and "...written" not in each
    ]
    assert lacking == []
