/** The service's questions, on the step about the problem. */
import type { Attribute, Service } from "../../shared/council.ts";
import type { FieldError } from "../../shared/api.ts";
import { byId } from "../../shared/dom.ts";
import { answerOf, isDangerous, questionsOf } from "./answers.ts";
import { changeDraft, currentDraft } from "./draft.ts";
import { fieldOf, questionField, readAnswer } from "./question-fields.ts";
import { say } from "../../shared/say.ts";

const box = byId("questions");
let questions: Attribute[] = [];

export function startQuestions(): void {
  box.addEventListener("input", storeAnswers);
  box.addEventListener("change", storeAnswers);
}

export const questionErrors = (): FieldError[] => questions.flatMap(answerErrors);

export const isAnsweredDangerously = (): boolean => isDangerous(currentDraft(), questions);

export function showQuestions(service: Service | undefined): void {
  questions = questionsOf(service);
  const draft = currentDraft();
  box.replaceChildren(...questions.map((question) => questionField(question, answerOf(draft, question))));
}

function storeAnswers(): void {
  const read = questions.map((question) => [question.code, readAnswer(box, question)]);
  changeDraft({ attributes: { ...currentDraft().attributes, ...Object.fromEntries(read) } });
}

function answerErrors(question: Attribute): FieldError[] {
  const message = answerProblem(question, answerOf(currentDraft(), question));
  return message ? [{ field: fieldOf(question), message }] : [];
}

function answerProblem(
  { required, datatype, description }: Attribute,
  answer: string | string[] | null,
): string | null {
  if (!answer) return required ? say("Answer this question: {question}", { question: description }) : null;
  return datatype === "number" && !Number.isFinite(Number(answer)) ? say("Enter a number, like 3 or 2.5") : null;
}
