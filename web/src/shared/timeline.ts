/** One entry of a report's timeline, with the same markup as published pages. */
import { dayElement } from "./dates.ts";
import { element } from "./dom.ts";
import type { Photo, Update } from "./reports.ts";
import { stateTag } from "./states.ts";
import { say } from "./say.ts";

const SPEAKERS: Record<string, string> = { council: say("The council"), contractor: say("A contractor") };

/** `resident` says who wrote an entry of a resident. */
export function timelineEntry(update: Update, timeZone?: string, resident = say("A resident")): HTMLElement {
  const who = SPEAKERS[update.by ?? ""] ?? resident;
  const when = element("p", { class: "app-timeline__when" }, `${who}, `, dayElement(update.datetime, timeZone));
  const entry = element("li", { "data-update-id": update.update_id }, stateTag(update.state), when);
  if (update.text) entry.append(element("p", { class: "app-prose", dir: "auto" }, update.text));
  if (update.photos?.length) entry.append(photoList(update.photos, say("the update")));
  return entry;
}

/** Thumbnails that link to the full pictures. */
export function photoList(photos: Photo[], of: string): HTMLElement {
  const items = photos.map(({ url, thumbnail_url }, index) => {
    const size = { width: "160", height: "120", loading: "lazy" };
    const image = element("img", {
      src: thumbnail_url,
      alt: say("Photo {number} of {of}", { number: index + 1, of }),
      ...size,
    });
    return element("li", {}, element("a", { class: "app-photos__link", href: url }, image));
  });
  return element("ul", { class: "app-photos" }, ...items);
}
