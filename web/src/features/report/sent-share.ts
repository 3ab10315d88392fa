/** The buttons of the confirmation that copy and share the link to the report. */
import { actionButton, byId, element, show } from "../../shared/dom.ts";
import { groupReference } from "../../shared/reference.ts";
import type { Receipt } from "./sent-reports.ts";
import { say } from "../../shared/say.ts";

const PRIVATE = say("Anyone who has the link can see your report, so share it only with people who should.");

export function offerSharing(receipt: Receipt): void {
  const { service_request_id: id, tracking_url, visibility = "public" } = receipt;
  const url = new URL(tracking_url || `/reports/${id}`, location.href).href;
  const status = element("p", { role: "status" });
  const copying = actionButton(say("Copy the link"), () => void copy(url, status));
  const sharing = actionButton(say("Share"), () => void share(id, url));
  show(copying, "clipboard" in navigator);
  show(sharing, "share" in navigator);
  byId("sent-share").replaceChildren(
    ...(visibility === "public" ? [] : [element("p", { class: "app-muted" }, PRIVATE)]),
    element("div", { class: "app-buttons" }, copying, sharing),
    status,
  );
}

async function copy(url: string, status: HTMLElement): Promise<void> {
  status.textContent = await navigator.clipboard.writeText(url).then(
    () => say("Link copied."),
    () => say("We could not copy the link. It is {url}", { url }),
  );
}

/** Cancelling it is no failure. */
async function share(id: string, url: string): Promise<void> {
  await navigator
    .share({ title: say("Report {reference}", { reference: groupReference(id) }), url })
    .catch(() => undefined);
}
