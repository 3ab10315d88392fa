/** The stop for dangerous problems: which number to call at this hour. */
import { loadCouncil } from "../../shared/council.ts";
import { byId, element } from "../../shared/dom.ts";
import { dangerousAnswer, questionsOf } from "./answers.ts";
import { currentService } from "./current-service.ts";
import { currentDraft } from "./draft.ts";
import { lineAt } from "./phone-line.ts";
import { say, sayParts } from "../../shared/say.ts";

/** Without the council's document the page shows all numbers with their hours. */
export async function enter(): Promise<void> {
  const answer = dangerousAnswer(currentDraft(), questionsOf(await currentService()));
  byId("danger-reason").textContent = say(
    "You answered “{answer}”. That could be dangerous and needs an immediate response.",
    { answer: answer ?? "" },
  );
  const council = await loadCouncil().catch(() => null);
  if (!council?.phone_hours) return;
  const { phone, isUsual } = lineAt(new Date(), council);
  byId("danger-heading").textContent = phone ? say("Call us now") : say("Our phone line is closed");
  const emergency = () => element("a", { href: "tel:999" }, "999");
  if (!phone) {
    const closed = sayParts<Node | string>(
      "Our line is closed now. It is open {hours}. If it cannot wait until then, call {number}.",
      { hours: council.opening_hours, number: emergency() },
    );
    byId("danger-call").replaceChildren(element("p", {}, ...closed));
    return;
  }
  const button = element(
    "a",
    {
      class: "govuk-button app-button--call",
      href: `tel:${phone.replaceAll(" ", "")}`,
      role: "button",
      draggable: "false",
    },
    say("Call {phone}", { phone }),
  );
  byId("danger-call").replaceChildren(
    element("p", {}, isUsual ? say("Call us now.") : say("Our usual line is closed. Call our out-of-hours line now.")),
    element("p", { class: "app-call" }, button),
    element("p", {}, ...sayParts("If a life is in danger, call {number}.", { number: emergency() })),
  );
}
