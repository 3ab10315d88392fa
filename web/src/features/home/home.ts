/** Services that cannot run; a report that was begun and not sent; the place that somebody calls theirs. */
import { loadCouncil } from "../../shared/council.ts";
import { concerns, disruptionNotice, disruptions } from "../../shared/disruptions.ts";
import { byId, show } from "../../shared/dom.ts";
import { hasDraft } from "../../shared/kept-draft.ts";
import { myArea } from "../../shared/places/my-area.ts";

void hasDraft("report").then((has) => show(byId("unsent"), has));

const area = myArea.read();
if (area) {
  byId("area-heading").textContent = `My area: ${area.ward}`;
  byId("area-words").textContent = area.label ? `You chose ${area.label}. It is kept on this phone only.` : "The place is kept on this phone only.";
}

void tellDisruptions().catch(() => undefined);

/** Those that concern the place that somebody calls theirs; all of them where none is known. */
async function tellDisruptions(): Promise<void> {
  const council = await loadCouncil();
  const here = (await disruptions(council)).filter((each) => !area || concerns(each, area));
  byId("disruptions").replaceChildren(...here.map((each) => disruptionNotice(each, council.time_zone, "h2")));
}
