/** What a row shows of a report beyond its pin: its street and first photo, from the report's published document.
 * Fetched once, when the row comes into view. */
import { getJson } from "../../shared/api.ts";
import { element } from "../../shared/dom.ts";
import type { Report } from "../../shared/reports.ts";

type Details = Pick<Report, "address" | "photos">;

const known = new Map<string, Promise<Details | null>>();
let template = "";
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    void fill(target as HTMLElement);
  }
});

/** Fills in the rows as they come into view; `request` is the address of a report's document. */
export function watch(rows: HTMLElement[], request: string): void {
  template = request;
  seen.disconnect();
  for (const row of rows) seen.observe(row);
}

function detailsOf(id: string): Promise<Details | null> {
  const asked =
    known.get(id) ??
    getJson<Details>(template.replace("{service_request_id}", id)).catch(() => {
      known.delete(id);
      return null;
    });
  known.set(id, asked);
  return asked;
}

async function fill(row: HTMLElement): Promise<void> {
  const details = await detailsOf(row.dataset["serviceRequestId"]!);
  const [photo] = details?.photos ?? [];
  row.querySelector("[data-street]")!.textContent = details?.address?.split("\n")[0] ?? "";
  if (photo)
    row
      .querySelector("[data-picture]")!
      .replaceChildren(element("img", { src: photo.thumbnail_url, alt: "", width: "64", height: "64" }));
}
