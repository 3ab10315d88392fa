"""A council's colours: a look that some people cannot read is refused, with the field and a fix."""

import json
import re
from typing import Any

import msgspec
import pytest

from chalicelib.catalogue.load import COUNCILS, parse
from chalicelib.catalogue.theme import Theme, contrast, theme_faults
from chalicelib.errors import ConfigurationError
from tests.support.councils import council_named

DEMO = json.loads((COUNCILS / "demo.json").read_bytes())
FIELDS = [
    *("brand.text", "brand.ground", "brand.deep", "brand.hover"),
    *("brand.highlight", "brand.highlight_text"),
    *(
        f"{name}.{role}"
        for name in ("light", "dark")
        for role in (
            *("page", "surface", "notice", "text", "muted"),
            *("link", "link_hover", "link_visited", "accent"),
        )
    ),
]
"""The colours whose contrast matters: a border around a card has none to hold."""


def themed(**parts: dict[str, Any]) -> Theme:
    return msgspec.convert(parts, Theme)


def changed(field: str, colour: str) -> bytes:
    part, _, role = field.partition(".")
    theme = DEMO["theme"] | {part: DEMO["theme"][part] | {role: colour}}
    return json.dumps(DEMO | {"theme": theme}).encode()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.478),
        ("#767676", "#ffffff", 4.542),
        ("#0b4b46", "#0b4b46", 1.0),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, expected: float) -> None:
    assert contrast(one, other) == pytest.approx(expected, abs=0.001)
    assert contrast(one, other) == contrast(other, one)


def test_neutral_look_and_those_of_the_catalogue_can_be_read() -> None:
    looks = [council_named("demo").theme, council_named("bath").theme, Theme()]
    assert [fault for look in looks for fault in theme_faults(look)] == []


def test_catalogues_councils_look_different() -> None:
    one, other = (council_named(name).theme for name in ("demo", "bath"))
    assert one.mark.file != other.mark.file
    assert contrast(one.brand.highlight, other.brand.ground) > 3
    for part in ("brand", "light", "dark"):
        assert getattr(one, part) != getattr(other, part)


@pytest.mark.parametrize("field", FIELDS)
def test_document_is_refused_when_a_colour_has_too_little_contrast(field: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse(changed(field, "#808080"), "demo.json")
    assert f"$.theme.{field}" in str(refused.value) or f"on {field} #808080" in str(refused.value)


def test_error_names_the_worst_ground_its_contrast_and_a_shade_that_would_do() -> None:
    look = themed(light={"link": "#777777"})
    (fault,) = theme_faults(look)
    assert fault.startswith(
        "`$.theme.light.link`: #777777 on light.surface #eff3f6 has a contrast of 4.01:1 and "
        "needs 4.5:1; #"
    )
    better = re.findall(r"#[0-9a-f]{6}", fault)[-1]
    assert [*theme_faults(themed(light={"link": better}))] == []


def test_error_names_the_ground_when_no_shade_would_do() -> None:
    look = themed(light={"page": "#ffffff", "surface": "#606060", "link": "#777777"})
    faults = "\n".join(theme_faults(look))
    assert re.search(r"light\.link`: #777777 on light\.surface .*change light\.surface", faults)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_document_is_refused_when_the_border_of_a_field_cannot_be_seen(name: str) -> None:
    faint = changed(f"{name}.input_border", "#5a5a5a" if name == "dark" else "#a0a0a0")
    with pytest.raises(ConfigurationError, match=rf"theme\.{name}\.input_border.* needs 3:1"):
        parse(faint, "demo.json")


@pytest.mark.parametrize("colour", ["red", "#fff", "#FFFFFF", "url(x)", "#12345g"])
def test_colour_is_six_lower_case_hexadecimal_digits(colour: str) -> None:
    with pytest.raises(ConfigurationError, match=r"\$\.theme\.brand\.ground"):
        parse(changed("brand.ground", colour), "demo.json")


def test_logo_of_another_folder_is_refused() -> None:
    theme = DEMO["theme"] | {"logo": {"file": "../secret.svg", "width": 36, "height": 36}}
    with pytest.raises(ConfigurationError, match=r"\$\.theme\.logo\.file"):
        parse(json.dumps(DEMO | {"theme": theme}).encode(), "demo.json")
