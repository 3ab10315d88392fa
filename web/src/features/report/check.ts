/** The last step: all answers, a preview of the public report, contact details, and the button that sends it. */
import type { Service } from "../../shared/council.ts";
import { byId, element } from "../../shared/dom.ts";
import { placeText } from "../../shared/places/place-text.ts";
import type { Draft } from "../../shared/pending-report.ts";
import { staticMap } from "../../shared/static-map.ts";
import { answerText, questionsOf } from "./answers.ts";
import { enterContact, startContact } from "./contact.ts";
import { currentService } from "./current-service.ts";
import { addressOf, assetOf, changeDraft, currentDraft, placeOf } from "./draft.ts";
import { startSending } from "./send.ts";
import type { StepName } from "./step-order.ts";
import { say } from "../../shared/say.ts";

interface Answer {
  question: string;
  text: string;
  step: StepName;
}

export function start(): void {
  startContact();
  startSending();
}

export async function enter(): Promise<void> {
  changeDraft({ checked: true });
  const draft = currentDraft();
  const service = await currentService();
  byId("answers").replaceChildren(...answersOf(draft, service).map(answerRow));
  byId("answers")
    .querySelector("dd")!
    .append(...pictureOf(draft));
  await enterContact();
  const { showPreview } = await import("./preview.ts");
  await showPreview(draft, service);
}

function whereText(draft: Draft): string {
  const place = placeOf(draft);
  const names = [...new Set([addressOf(draft), draft.place_label])].filter(Boolean);
  if (!place) return [...names, say("No pin: we'll find the location")].join("\n");
  return names.join("\n") || placeText(place);
}

function pictureOf(draft: Draft): HTMLElement[] {
  const place = placeOf(draft);
  return place ? staticMap({ ...place, label: draft.place_label || addressOf(draft) }) : [];
}

function answersOf(draft: Draft, service: Service | undefined): Answer[] {
  const questions = questionsOf(service).map((question): Answer => {
    return {
      question: question.description,
      text: answerText(draft, question) || say("Not answered"),
      step: "details",
    };
  });
  const asset = assetOf(draft);
  const photos: Answer = {
    question: say("Photos"),
    text: String(draft.photos.length || say("None")),
    step: "details",
  };
  return [
    { question: say("Where"), text: whereText(draft), step: "where" },
    { question: say("Problem"), text: service?.service_name ?? draft.service_code, step: "service" },
    ...(asset ? [{ question: say("Which one"), text: asset.name, step: "asset" } as const] : []),
    ...questions,
    ...(service?.photo === "none" ? [] : [photos]),
    { question: say("Description"), text: draft.description.trim(), step: "details" },
    { question: say("Title"), text: draft.title.trim() || say("None"), step: "details" },
  ];
}

function answerRow({ question, text, step }: Answer): HTMLElement {
  const hidden = element("span", { class: "govuk-visually-hidden" }, ` ${question.toLowerCase()}`);
  const change = element("a", { class: "app-link", href: `#${step}` }, say("Change"), hidden);
  return element(
    "div",
    { class: "govuk-summary-list__row" },
    element("dt", { class: "govuk-summary-list__key" }, question),
    element("dd", { class: "govuk-summary-list__value app-summary-multi" }, text),
    element("dd", { class: "govuk-summary-list__actions" }, change),
  );
}
