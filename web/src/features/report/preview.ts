/** A preview of the public report. */
import type { Service } from "../../shared/council.ts";
import { dayText } from "../../shared/dates.ts";
import { byId, element } from "../../shared/dom.ts";
import type { Draft } from "../../shared/pending-report.ts";
import { stateTag } from "../../shared/states.ts";
import { addressOf, placeOf } from "./draft.ts";

const HEADINGS = {
  public: "This will be public",
  moderated: "This will be public once we have checked it",
  private: "This will not be public",
};

export async function preview(draft: Draft, service: Service | undefined): Promise<void> {
  const visibility = service?.visibility ?? "public";
  byId("preview-heading").textContent = HEADINGS[visibility];
  const box = byId("preview");
  if (visibility === "private") {
    return box.replaceChildren(element("p", {}, "Only the council can see this kind of report."));
  }
  const wait = placeOf(draft) ? "" : " We'll publish it once we've found the location.";
  const lead = `This is what everyone will see. We never publish your contact details or your answers to our questions.${wait}`;
  box.replaceChildren(element("p", {}, lead), await card(draft, service));
}

async function card(draft: Draft, service: Service | undefined): Promise<HTMLElement> {
  const name = service?.service_name ?? draft.service_code;
  const title = draft.title.trim() || name;
  const place = placeOf(draft);
  const facts: [string, string][] = [
    ["Kind of problem", name],
    ["Reported on", dayText(new Date().toISOString())],
    ["Where", [addressOf(draft), place ? "A pin on the map" : ""].filter(Boolean).join("\n")],
  ];
  return element(
    "article",
    { class: "app-card app-preview", "aria-labelledby": "preview-heading" },
    element("h3", { class: "app-heading" }, title),
    element("div", { class: "app-report-head" }, stateTag("open")),
    element("p", { class: "app-prose" }, draft.description.trim()),
    ...(service?.photo === "none" ? [] : await pictures(draft)),
    element(
      "dl",
      { class: "app-facts" },
      ...facts.flatMap(([fact, text]) => [element("dt", {}, fact), element("dd", { class: "app-prose" }, text)]),
    ),
  );
}

async function pictures({ photos }: Draft): Promise<HTMLElement[]> {
  if (photos.length === 0) return [];
  const { photoPicture } = await import("./photo-picture.ts");
  const shown = await Promise.all(photos.map((photo, index) => photoPicture(photo, `Photo ${index + 1}`)));
  return [element("div", { class: "app-thumbnails" }, ...shown)];
}
