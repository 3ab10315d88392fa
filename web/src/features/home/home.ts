/** Reminds people of a report that they began and did not send, and of the place that they call theirs. */
import { byId, show } from "../../shared/dom.ts";
import { loadDraft } from "../../shared/pending-report.ts";
import { myArea } from "../../shared/places/my-area.ts";

if (loadDraft()) show(byId("unsent"));

const area = myArea.read();
if (area) {
  byId("area-heading").textContent = `My area: ${area.ward}`;
  byId("area-words").textContent = area.label ? `You chose ${area.label}. It is kept on this phone only.` : "The place is kept on this phone only.";
}
