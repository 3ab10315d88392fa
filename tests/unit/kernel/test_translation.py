"""The messages of pages: what is one text, what a translator sees of it, and how it comes back."""

import pytest

from chalicelib.kernel.translation import messages, placeholders, translate_html


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ("<p>\n  Two\n  lines </p>", ["Two lines"]),
        ("<li><a class='x' href='/map/'>the map</a></li>", ["the map"]),
        (
            '<p>Call <a href="tel:1">us</a> or <b>write</b>.</p>',
            ["Call <a>us</a> or <b>write</b>."],
        ),
        (
            '<p><a href="/a">One</a> and <a href="/b">two</a></p>',
            ["<a1>One</a1> and <a2>two</a2>"],
        ),
        ('<p><a href="/a">One</a> <a href="/b">two</a></p>', ["One", "two"]),
        ("<a><img alt=''><span>Home</span></a>", ["Home"]),
        ("<p>{{ council.name }} decides</p>", ["{council.name} decides"]),
        ("<p>Ask us, <!-- privacy: contact -->or call</p>", ["Ask us, {privacy.contact}or call"]),
        ("<p>{{ council.name }}</p><p>7K3M 2</p>", ["7K3M 2"]),
        ("<h1>{% block title %}Gone{% endblock %} – {{ council.name }}</h1>", ["Gone"]),
        ('<img alt="A logo"><input placeholder="Street" class="One two">', ["A logo", "Street"]),
        ('<nav aria-label="Main"></nav>', ["Main"]),
        ('<meta name="description" content="What it is"><meta content="x y">', ["What it is"]),
        ("<!doctype html><script>if (a < b) say('No')</script><p>Yes</p>", ["Yes"]),
    ],
)
def test_messages_are_the_texts_that_people_read(source: str, found: list[str]) -> None:
    assert messages(source) == found


@pytest.mark.parametrize(
    "source",
    [
        "<p class=\"x\">\n  Call <a href=\"tel:{{ phone|replace(' ', '') }}\">us</a>.\n</p>",
        '<body{% if class is defined %} class="{{ class }}"{% endif %}><br>One<br>two</body>',
        "<ul>\n<li>One <em>two</em></li>\n</ul>",
    ],
)
def test_page_is_unchanged_when_each_text_is_its_own_translation(source: str) -> None:
    assert translate_html(source, lambda text: text) == source


def test_tags_and_values_keep_what_they_had_in_another_order() -> None:
    source = (
        '<p><a class="x" href="/a">One</a> before <a href="/b">two</a> of {{ council.name }}</p>'
    )
    said = translate_html(source, lambda _: "{council.name}: <a2>dau</a2> ar ôl <a1>un</a1>")
    assert said == (
        '<p>{{ council.name }}: <a href="/b">dau</a> ar ôl <a class="x" href="/a">un</a></p>'
    )


def test_link_leads_to_its_page_in_the_language_or_says_the_language_of_its_page() -> None:
    def link(address: str) -> tuple[str, str | None]:
        return (f"/cy{address}", None) if address == "/cookies/" else (address, "en")

    source = '<p>See <a href="/cookies/">it</a> and <a href="/map/">that</a></p>'
    assert translate_html(source, lambda text: text, link) == (
        '<p>See <a href="/cy/cookies/">it</a> and <a href="/map/" hreflang="en">that</a></p>'
    )


def test_value_without_a_name_cannot_stand_in_a_text() -> None:
    with pytest.raises(ValueError, match="give it a name"):
        messages("<p>It costs {{ cost * 2 }} pounds</p>")


def test_placeholders_are_values_and_tags() -> None:
    assert placeholders("<a2>x</a2> {council.name} <b>{n}") == [
        "</a2>",
        "<a2>",
        "<b>",
        "{council.name}",
        "{n}",
    ]
