/** Offers the place that a photo was taken at, and keeps the photo for the report. */
import { type Council, isInside } from "../../shared/council.ts";
import { actionButton, element, focusOn, show } from "../../shared/dom.ts";
import { placeText } from "../../shared/places/place-text.ts";
import type { Place } from "../../shared/reports.ts";
import { placeOf } from "./draft.ts";
import { readFacts } from "./photo-exif.ts";
import { addPhoto } from "./photo-add.ts";
import { takenText } from "./photo-text.ts";

/** Answers what to say about the photo; where it has a place, `box` asks whether to use it. */
export async function offerPlaceOf(file: File, council: Council, box: HTMLElement, use: (place: Place) => void): Promise<string> {
  const facts = await readFacts(file);
  const problem = await addPhoto(file, facts);
  const kept = problem ? ` ${problem}.` : " The photo is kept for your report.";
  const place = placeOf(facts);
  show(box, false);
  if (!place) return `This photo does not say where it was taken: choose the place in another way.${kept}`;
  if (!isInside(council, place)) {
    return `This photo was taken outside the area of ${council.name}: choose the place in another way.${kept}`;
  }
  const close = () => show(box, false);
  const when = facts.taken ? `Taken on ${takenText(facts.taken)}. ` : "";
  box.replaceChildren(
    element("h2", {}, "Use the place in this photo?"),
    element("p", {}, `${when}It says that it was taken at ${placeText(place)}.`),
    element(
      "div",
      { class: "app-buttons" },
      actionButton("Yes, use its place", () => {
        close();
        use(place);
      }),
      actionButton("No", close),
    ),
  );
  show(box);
  focusOn(box);
  return kept.trim();
}
