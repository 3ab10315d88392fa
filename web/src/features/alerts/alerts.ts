/** Setting up alerts: what about, where, when and how, then the confirmation. */
import { myArea } from "../../shared/places/my-area.ts";
import { parseReference } from "../../shared/reference.ts";
import { currentDraft, type Draft, startDraft } from "./draft.ts";
import { stepAfterTopic } from "./step-order.ts";
import { startSteps } from "./steps.ts";
import * as what from "./topic.ts";
import * as when from "./frequency.ts";

/** The topic in the page's address, or null. */
function linkedTopic(): Partial<Draft> | null {
  const query = new URL(location.href).searchParams;
  const service_request_id = parseReference(query.get("report") ?? "");
  if (service_request_id) return { kind: "report", service_request_id };
  const ward_code = query.get("ward");
  if (ward_code) return { kind: "ward", ward_code };
  const area = query.get("from") === "my-area" ? myArea.read() : null;
  return area && { kind: "area", place: { lat: area.lat, long: area.long }, place_label: area.label };
}

/** Starts with the topic in the address and removes it there, so that a reload keeps later choices. */
function startFromAddress(): void {
  const about = linkedTopic();
  if (!about) return;
  const { channel, to } = currentDraft();
  startDraft({ channel, to, ...about });
  history.replaceState(null, "", `/alerts/#${stepAfterTopic(currentDraft())}`);
}

document.addEventListener("submit", (event) => event.preventDefault());
startFromAddress();
startSteps({
  what: what.enter,
  where: () => import("./location.ts").then(({ enter }) => enter()),
  ward: () => import("./ward.ts").then(({ enter }) => enter()),
  when: when.enter,
  how: () => import("./channel.ts").then(({ enter }) => enter()),
  sent: () => import("./sent.ts").then(({ enter }) => enter()),
});
