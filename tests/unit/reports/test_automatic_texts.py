"""The texts that the service writes on a timeline by itself, in another language."""

from datetime import date

import pytest

from chalicelib.kernel.languages import ENGLISH, language
from chalicelib.reports import automatic_texts
from chalicelib.reports.automatic_texts import format_day, translate_text
from chalicelib.reports.usecases.target_dates import new_date_text

WELSH = language("cy")
MONDAY = date(2026, 6, 1)
TEMPLATES = [
    text
    for name, text in vars(automatic_texts).items()
    if name.isupper() and name[0] != "_" and isinstance(text, str)
]


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_text_of_the_service_is_translated_with_its_day(template: str) -> None:
    text = template.format(day=format_day(MONDAY), reason="It snowed.", amount="£1,024.50")
    said = translate_text(text, WELSH)
    assert said is not None and said != text
    assert ("dydd Llun 1 Mehefin" in said) == ("{day}" in template)
    assert ("£1,024.50" in said) == ("{amount}" in template)
    assert translate_text(text, ENGLISH) is None


def test_new_date_has_its_year_and_the_reason_as_it_was_written() -> None:
    said = translate_text(new_date_text(MONDAY, "It snowed.\nMore snow is on its way."), WELSH)
    assert said == (
        "Ein nod nawr yw delio â hyn erbyn dydd Llun 1 Mehefin 2026. It snowed.\nMore snow is on "
        "its way."
    )


@pytest.mark.parametrize(
    "text", ["", "We have filled the hole.", "We plan to do this work on Someday 1 June."]
)
def test_text_of_a_person_stays_as_it_was_written(text: str) -> None:
    assert translate_text(text, WELSH) is None
