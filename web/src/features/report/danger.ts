/** The stop where a report may be read too late. */
import { byId } from "../../shared/dom.ts";
import { dangerousAnswer, questionsOf } from "./answers.ts";
import { currentDraft } from "./draft.ts";
import { currentService } from "./flow.ts";

export async function enter(): Promise<void> {
  const answer = dangerousAnswer(currentDraft(), questionsOf(await currentService()));
  byId("danger-why").textContent = `You answered “${answer}”. That may be dangerous, and somebody has to come at once.`;
}
