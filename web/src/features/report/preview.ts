/** A preview of the public report. */
import type { Service } from "../../shared/council.ts";
import { dayText } from "../../shared/dates.ts";
import { byId, element } from "../../shared/dom.ts";
import type { Draft } from "../../shared/pending-report.ts";
import { stateTag } from "../../shared/states.ts";
import { addressOf, placeOf } from "./draft.ts";
import { say } from "../../shared/say.ts";

const HEADINGS = {
  public: say("This will be public"),
  moderated: say("This will be public once we have checked it"),
  private: say("This will not be public"),
};

export async function showPreview(draft: Draft, service: Service | undefined): Promise<void> {
  const visibility = service?.visibility ?? "public";
  byId("preview-heading").textContent = HEADINGS[visibility];
  const box = byId("preview");
  if (visibility === "private") {
    return box.replaceChildren(element("p", {}, say("Only the council can see this kind of report.")));
  }
  const lead = placeOf(draft)
    ? say("This is what everyone will see. We never publish your contact details or your answers to our questions.")
    : say(
        "This is what everyone will see. We never publish your contact details or your answers to our questions. We'll publish it once we've found the location.",
      );
  box.replaceChildren(element("p", {}, lead), await previewCard(draft, service));
}

async function previewCard(draft: Draft, service: Service | undefined): Promise<HTMLElement> {
  const name = service?.service_name ?? draft.service_code;
  const title = draft.title.trim() || name;
  const place = placeOf(draft);
  const facts: [string, string][] = [
    [say("Kind of problem"), name],
    [say("Reported on"), dayText(new Date().toISOString())],
    [say("Where"), [addressOf(draft), place ? say("A pin on the map") : ""].filter(Boolean).join("\n")],
  ];
  return element(
    "article",
    { class: "app-card app-preview", "aria-labelledby": "preview-heading" },
    element("h3", { class: "app-heading" }, title),
    element("div", { class: "app-report-head" }, stateTag("open")),
    element("p", { class: "app-prose", dir: "auto" }, draft.description.trim()),
    ...(service?.photo === "none" ? [] : await pictures(draft)),
    element(
      "dl",
      { class: "app-facts" },
      ...facts.flatMap(([fact, text]) => [
        element("dt", {}, fact),
        element("dd", { class: "app-prose", dir: "auto" }, text),
      ]),
    ),
  );
}

async function pictures({ photos }: Draft): Promise<HTMLElement[]> {
  if (photos.length === 0) return [];
  const { photoPicture } = await import("./photo-picture.ts");
  const shown = await Promise.all(
    photos.map((photo, index) => photoPicture(photo, say("Photo {number}", { number: index + 1 }))),
  );
  return [element("div", { class: "app-thumbnails" }, ...shown)];
}
