"""Words of messages around an officer's question to the reporter."""

from typing import NamedTuple

from chalicelib.alerts.messages import ReportNews
from chalicelib.alerts.report_words import name_of
from chalicelib.kernel.languages import Language


class QuestionWords(NamedTuple):
    """The words around a question; `short` is for a text message, `who_sees` says who can see the
    answer."""

    title: str
    short: str
    opening: str
    who_sees: str


def question_words(report: ReportNews, language: Language) -> QuestionWords:
    say, name = language.say, name_of(report)
    if report.is_request:
        title = say("We have a question about your request: {report}", report=name)
        opening = say("To deal with your request, we need to ask you a question:")
        who_sees = say("Only the team that deals with your request can see your answer.")
    else:
        title = say("We have a question about your report: {report}", report=name)
        opening = say("To deal with your report, we need to ask you a question:")
        who_sees = say("Only the team that deals with your report can see your answer.")
    short = say("{title} {reference}. Please reply", title=title, reference=report.reference)
    return QuestionWords(title, short, opening, who_sees)
