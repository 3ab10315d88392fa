/** The answers to a service's questions. */
import type { Attribute, Service } from "../../shared/council.ts";
import type { Draft } from "../../shared/pending-report.ts";

export function questionsOf(service: Service | undefined): Attribute[] {
  return [...(service?.attributes ?? [])].sort((one, other) => one.order - other.order);
}

/** The answer, or null. */
export function answerOf({ attributes }: Draft, { code }: Attribute): string | string[] | null {
  const answer = attributes[code];
  if (typeof answer === "string") return answer.trim() || null;
  return answer?.length ? answer : null;
}

function chosenValues(draft: Draft, question: Attribute) {
  const answer = answerOf(draft, question) ?? [];
  return question.values.filter(({ key }) => answer === key || (Array.isArray(answer) && answer.includes(key)));
}

export function isDangerous(draft: Draft, questions: Attribute[]): boolean {
  return dangerousAnswer(draft, questions) !== undefined;
}

export function dangerousAnswer(draft: Draft, questions: Attribute[]): string | undefined {
  return questions.flatMap((question) => chosenValues(draft, question)).find(({ dangerous }) => dangerous)?.name;
}

/** The answer in words: the names of the values, one a line. */
export function answerText(draft: Draft, question: Attribute): string {
  if (question.values.length)
    return chosenValues(draft, question)
      .map(({ name }) => name)
      .join("\n");
  const answer = answerOf(draft, question)?.toString() ?? "";
  return question.datatype === "datetime" ? answer.replace("T", ", ") : answer;
}

/** Only answers to this service's questions: an answer to another service's question is not sent. */
export function answersTo(service: Service | undefined, draft: Draft): Draft["attributes"] {
  const answers = questionsOf(service).map((question) => [question.code, answerOf(draft, question)] as const);
  return Object.fromEntries(answers.filter((pair): pair is [string, string | string[]] => pair[1] !== null));
}
