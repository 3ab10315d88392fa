/** Offers the place where a photo was taken, and adds the photo to the report. */
import { type Council, isInside, loadCouncil } from "../../shared/council.ts";
import { actionButton, element, focusOn, show } from "../../shared/dom.ts";
import { placeText } from "../../shared/places/place-text.ts";
import type { Place } from "../../shared/reports.ts";
import { placeOf } from "./draft.ts";
import { readFacts } from "./photo-exif.ts";
import { addPhoto } from "./photo-add.ts";
import { takenText } from "./photo-text.ts";
import { say } from "../../shared/say.ts";

/** Says in `status` what became of the photo. If the photo has a place, `box` asks whether to use it. */
export async function offerPlaceOf(
  file: File,
  status: HTMLElement,
  box: HTMLElement,
  { use, refuse }: { use: (place: Place) => void; refuse: (message: string) => void },
): Promise<void> {
  status.textContent = say("Reading the photo…");
  try {
    status.textContent = await offer(file, await loadCouncil(), box, use);
  } catch {
    refuse(say("We could not read the photo. Choose another way to give the location"));
  }
}

async function offer(file: File, council: Council, box: HTMLElement, use: (place: Place) => void): Promise<string> {
  const facts = await readFacts(file, (possible) => isInside(council, possible));
  const problem = await addPhoto(file, facts);
  const kept = problem ? `${problem}.` : say("We've added the photo to your report.");
  const place = placeOf(facts);
  show(box, false);
  if (!place)
    return say(
      "This photo has no location, or your phone does not pass it on. Choose another way to give the location. {kept}",
      { kept },
    );
  if (!isInside(council, place)) {
    return say("This photo was taken outside {council}. Choose another way to give the location. {kept}", {
      council: council.name,
      kept,
    });
  }
  const close = () => show(box, false);
  const when = facts.taken ? [say("Taken on {moment}.", { moment: takenText(facts.taken) }), " "] : [];
  box.replaceChildren(
    element("h2", {}, say("Use this photo's location?")),
    element("p", {}, ...when, say("The location is {place}.", { place: placeText(place) })),
    element(
      "div",
      { class: "app-buttons" },
      actionButton(say("Yes, use this location"), () => {
        close();
        use(place);
      }),
      actionButton(say("No"), close),
    ),
  );
  show(box);
  focusOn(box);
  return kept;
}
