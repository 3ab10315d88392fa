/** Lists the files and feeds, with the day when each month was last updated. */
import "../../styles/open-data.scss";
import { getJson } from "../../shared/api.ts";
import { loadCouncil } from "../../shared/council.ts";
import { dayElement } from "../../shared/dates.ts";
import { byId, element } from "../../shared/dom.ts";

interface Month {
  month: string;
  count: number;
  updated_datetime: string;
  open311: string;
  csv: string;
  geojson: string;
}

interface Feed {
  kind: "all" | "ward" | "service";
  name: string;
  url: string;
}

interface Index {
  months: Month[];
  feeds: Feed[];
}

const MONTH: Intl.DateTimeFormatOptions = { month: "long", year: "numeric", timeZone: "UTC" };
const HEADINGS: [kind: Feed["kind"], heading: string][] = [
  ["ward", "Feeds by ward"],
  ["service", "Feeds by kind of problem"],
];

void list().catch(() => tell("We could not load the list of files. Check your connection and try again."));

async function list(): Promise<void> {
  tell("Loading the list of files…");
  const { time_zone, open_data } = await loadCouncil();
  const index = open_data ? await getJson<Index>(open_data) : null;
  tell("");
  const months = index?.months.map((month) => monthItem(month, time_zone)) ?? [];
  byId("open-data-months").replaceChildren(
    months.length
      ? element("ul", { class: "app-open-data" }, ...months)
      : element("p", {}, "There are no reports yet."),
  );
  if (index) byId("open-data-feeds").append(...HEADINGS.flatMap(([kind, heading]) => feeds(index, kind, heading)));
}

function monthItem({ month, count, updated_datetime, open311, csv, geojson }: Month, timeZone: string): HTMLElement {
  const name = new Intl.DateTimeFormat("en-GB", MONTH).format(new Date(`${month}-01T00:00:00Z`));
  const files = Object.entries({ JSON: open311, CSV: csv, GeoJSON: geojson }).map(([kind, href]) => {
    const download = `reports-${month}.${kind.toLowerCase()}`;
    return element("a", { href, download }, kind, element("span", { class: "govuk-visually-hidden" }, ` of ${name}`));
  });
  const facts = element(
    "p",
    { class: "app-muted" },
    `${count} ${count === 1 ? "report" : "reports"}, last updated on `,
    dayElement(updated_datetime, timeZone),
  );
  return element("li", {}, element("h3", {}, name), facts, element("p", { class: "app-open-data__files" }, ...files));
}

function feeds({ feeds }: Index, kind: Feed["kind"], heading: string): HTMLElement[] {
  const items = feeds
    .filter((feed) => feed.kind === kind)
    .map(({ name, url }) => element("li", {}, element("a", { href: url }, name)));
  return items.length ? [element("h2", {}, heading), element("ul", { class: "govuk-list app-feeds" }, ...items)] : [];
}

function tell(text: string): void {
  byId("open-data-status").textContent = text;
}
