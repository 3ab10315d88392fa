/** The street and first photo of each report in the list, from the report's published document.
 * Fetched once, when the row comes into view. */
import { getJson } from "../../shared/api.ts";
import { element } from "../../shared/dom.ts";
import type { Report } from "../../shared/reports.ts";

type Details = Pick<Report, "address" | "photos">;

const requests = new Map<string, Promise<Details | null>>();
let template = "";
const observer = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    observer.unobserve(target);
    void fillRow(target as HTMLElement);
  }
});

/** Fills in the rows as they come into view; `request` is the address of a report's document. */
export function fillWhenVisible(rows: HTMLElement[], request: string): void {
  template = request;
  observer.disconnect();
  for (const row of rows) observer.observe(row);
}

function detailsOf(id: string): Promise<Details | null> {
  const asked =
    requests.get(id) ??
    getJson<Details>(template.replace("{service_request_id}", id)).catch(() => {
      requests.delete(id);
      return null;
    });
  requests.set(id, asked);
  return asked;
}

async function fillRow(row: HTMLElement): Promise<void> {
  const details = await detailsOf(row.dataset["serviceRequestId"]!);
  const [photo] = details?.photos ?? [];
  row.querySelector("[data-street]")!.textContent = details?.address?.split("\n")[0] ?? "";
  if (photo)
    row
      .querySelector("[data-picture]")!
      .replaceChildren(element("img", { src: photo.thumbnail_url, alt: "", width: "64", height: "64" }));
}
