/** The stop for dangerous problems: which number to call at this hour. */
import { loadCouncil } from "../../shared/council.ts";
import { byId, element } from "../../shared/dom.ts";
import { dangerousAnswer, questionsOf } from "./answers.ts";
import { currentService } from "./current-service.ts";
import { currentDraft } from "./draft.ts";
import { lineAt } from "./phone-line.ts";

/** Without the council's document the page shows all numbers with their hours. */
export async function enter(): Promise<void> {
  const answer = dangerousAnswer(currentDraft(), questionsOf(await currentService()));
  byId("danger-reason").textContent =
    `You answered “${answer}”. That could be dangerous and needs an immediate response.`;
  const council = await loadCouncil().catch(() => null);
  if (!council?.phone_hours) return;
  const { phone, isUsual } = lineAt(new Date(), council);
  byId("danger-heading").textContent = phone ? "Call us now" : "Our phone line is closed";
  const emergency = () => element("a", { href: "tel:999" }, "999");
  if (!phone) {
    const closed = `Our line is closed now. It is open ${council.opening_hours}. If it cannot wait until then, call `;
    byId("danger-call").replaceChildren(element("p", {}, closed, emergency(), "."));
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
    `Call ${phone}`,
  );
  byId("danger-call").replaceChildren(
    element("p", {}, isUsual ? "Call us now." : "Our usual line is closed. Call our out-of-hours line now."),
    element("p", { class: "app-call" }, button),
    element("p", {}, "If a life is in danger, call ", emergency(), "."),
  );
}
