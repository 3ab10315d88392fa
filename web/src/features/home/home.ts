/** The home page: service disruption, an unfinished report, and the resident's own area. */
import "../../styles/_home.scss";
import { rememberedPremises } from "../../shared/collections/saved-address.ts";
import { loadCouncil } from "../../shared/council.ts";
import { affects, disruptionNotice, loadDisruptions } from "../../shared/disruptions.ts";
import { byId, show } from "../../shared/dom.ts";
import { hasDraft } from "../../shared/stored-draft.ts";
import { myArea } from "../../shared/places/my-area.ts";
import { say } from "../../shared/say.ts";

void hasDraft("report").then((has) => show(byId("unsent"), has));

const area = myArea.read();
if (area) {
  byId("area-heading").textContent = say("My area: {ward}", { ward: area.ward });
  byId("area-text").textContent = area.label
    ? say("Your location is {place}. We save it on this device only.", { place: area.label })
    : say("We save your location on this device only.");
}

// What the line about bins needs is loaded only where an address is remembered.
if (rememberedPremises.read())
  void import("../../shared/collections/next-bins.ts")
    .then(({ showNextBins }) => showNextBins(byId("next-bins")))
    .catch(() => undefined);
void showDisruptions().catch(() => undefined);

/** Shows the disruptions that affect the resident's own place, or all if no place is saved: their titles in a line at
 * the top, which has room for them, and the full notices further down. */
async function showDisruptions(): Promise<void> {
  const council = await loadCouncil();
  const here = (await loadDisruptions(council)).filter((each) => !area || affects(each, area));
  if (!here.length) return;
  byId("disrupted").querySelector("a")!.textContent = here.map(({ title }) => title).join(", ");
  show(byId("disrupted"));
  byId("disruptions").replaceChildren(...here.map((each) => disruptionNotice(each, council.time_zone, "h2")));
}
