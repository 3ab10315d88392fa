/** The step that asks the service's questions, all on one page. */
import type { Attribute } from "../../shared/council.ts";
import { byId } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { answerOf, questionsOf } from "./answers.ts";
import { currentService } from "./current-service.ts";
import { changeDraft, currentDraft } from "./draft.ts";
import { fieldOf, questionField, readAnswer } from "./question-fields.ts";
import { sectionOf } from "./steps.ts";

const section = sectionOf("questions");
const box = byId("questions");
let questions: Attribute[] = [];

export function start(onward: () => Promise<void>): void {
  box.addEventListener("input", remember);
  box.addEventListener("change", remember);
  section.querySelector("form")!.addEventListener("submit", () => {
    clearErrors(section);
    const errors = questions.flatMap(problemOf);
    if (errors.length) return showErrors(section, errors);
    changeDraft({ asked_for: currentDraft().service_code });
    void onward();
  });
}

export async function enter(): Promise<void> {
  const service = await currentService();
  questions = questionsOf(service);
  const draft = currentDraft();
  box.replaceChildren(...questions.map((question) => questionField(question, answerOf(draft, question))));
}

function remember(): void {
  const read = questions.map((question) => [question.code, readAnswer(box, question)]);
  changeDraft({ attributes: { ...currentDraft().attributes, ...Object.fromEntries(read) } });
}

function problemOf(question: Attribute): { field: string; message: string }[] {
  const message = problem(question, answerOf(currentDraft(), question));
  return message ? [{ field: fieldOf(question), message }] : [];
}

function problem({ required, datatype, description }: Attribute, answer: string | string[] | null): string | null {
  if (!answer) return required ? `Answer this question: ${description}` : null;
  return datatype === "number" && !Number.isFinite(Number(answer)) ? "Enter a number, like 3 or 2.5" : null;
}
