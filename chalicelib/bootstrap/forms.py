"""Builds the wording of pages without JavaScript."""

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.kernel.languages import Language
from chalicelib.kernel.time import utc_now

if TYPE_CHECKING:
    from chalicelib.forms.views import Wording


@container.once
def wording(language: Language) -> "Wording":
    from chalicelib.forms.views import Wording

    return Wording(container.council().in_language(language.code), now=utc_now, language=language)
