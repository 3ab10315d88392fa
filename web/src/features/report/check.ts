/** Step 5: all answers, what of them will be public, and the sending. */
import { loadServices, type Service } from "../../shared/council.ts";
import { byId, element } from "../../shared/dom.ts";
import type { Draft } from "../../shared/pending-report.ts";
import { changeDraft, currentDraft, placeOf } from "./draft.ts";
import { placeText } from "./place-text.ts";
import { startSending } from "./send.ts";
import type { StepName } from "./steps.ts";

interface Answer {
  question: string;
  text: string;
  step: StepName;
}

export const startCheck = startSending;

export async function enterCheck(): Promise<void> {
  changeDraft({ checked: true });
  const draft = currentDraft();
  const services = await loadServices().catch(() => []);
  const service = services.find(({ service_code }) => service_code === draft.service_code);
  byId("answers").replaceChildren(...answersOf(draft, service).map(row));
  byId("what-is-public").replaceChildren(...publicNote(service));
}

function answersOf(draft: Draft, service: Service | undefined): Answer[] {
  const place = placeOf(draft);
  const where = [draft.address.trim(), place ? placeText(place) : ""].filter(Boolean).join("\n");
  const contact = [draft.name, draft.email, draft.phone].map((text) => text.trim()).filter(Boolean).join("\n");
  return [
    { question: "Where", text: where, step: "where" },
    { question: "Problem", text: service?.service_name ?? draft.service_code, step: "service" },
    { question: "Description", text: draft.description.trim(), step: "description" },
    { question: "Title", text: draft.title.trim() || "None", step: "description" },
    { question: "Contact details", text: contact || "None", step: "contact" },
  ];
}

function row({ question, text, step }: Answer): HTMLElement {
  const hidden = element("span", { class: "govuk-visually-hidden" }, ` ${question.toLowerCase()}`);
  const change = element("a", { class: "app-link", href: `#${step}` }, "Change", hidden);
  return element(
    "div",
    { class: "govuk-summary-list__row" },
    element("dt", { class: "govuk-summary-list__key" }, question),
    element("dd", { class: "govuk-summary-list__value app-summary-multi" }, text),
    element("dd", { class: "govuk-summary-list__actions" }, change),
  );
}

function publicNote(service: Service | undefined): HTMLElement[] {
  if (service?.visibility === "private") {
    return [element("strong", {}, "This will not be public."), element("p", {}, "Only the council sees this kind of report.")];
  }
  const check = service?.visibility === "moderated" ? " once we have checked it" : "";
  return [
    element("strong", {}, "This will be public."),
    element("p", {}, `Everybody can see the place, the kind of problem, the description and the title${check}. Your contact details are never shown.`),
  ];
}
