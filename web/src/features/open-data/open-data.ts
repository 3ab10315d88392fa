/** Lists the files and feeds, with the day when each month was last updated. */
import "../../styles/open-data.scss";
import { getJson } from "../../shared/api.ts";
import { type Council, loadCouncil } from "../../shared/council.ts";
import { dayElement } from "../../shared/dates.ts";
import { byId, element, unseen } from "../../shared/dom.ts";
import { monthText } from "../../shared/months.ts";
import { say, sayMany, sayParts } from "../../shared/say.ts";

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
  code: string;
  name: string;
  url: string;
}

interface Index {
  months: Month[];
  feeds: Feed[];
}

const HEADINGS: [kind: Feed["kind"], heading: string][] = [
  ["ward", say("Feeds by ward")],
  ["service", say("Feeds by kind of problem")],
];

void list().catch(() => tell(say("We could not load the list of files. Check your connection and try again.")));

async function list(): Promise<void> {
  tell(say("Loading the list of files…"));
  const { time_zone, open_data, names } = await loadCouncil();
  const index = open_data ? await getJson<Index>(open_data) : null;
  tell("");
  const months = index?.months.map((month) => monthItem(month, time_zone)) ?? [];
  byId("open-data-months").replaceChildren(
    months.length
      ? element("ul", { class: "app-open-data" }, ...months)
      : element("p", {}, say("There are no reports yet.")),
  );
  if (index)
    byId("open-data-feeds").append(...HEADINGS.flatMap(([kind, heading]) => feeds(index, kind, heading, names)));
}

function monthItem({ month, count, updated_datetime, open311, csv, geojson }: Month, timeZone: string): HTMLElement {
  const name = monthText(month);
  const files = Object.entries({ JSON: open311, CSV: csv, GeoJSON: geojson }).map(([kind, href]) => {
    const download = `reports-${month}.${kind.toLowerCase()}`;
    return element("a", { href, download }, kind, unseen(` ${name}`));
  });
  const facts = element(
    "p",
    { class: "app-muted" },
    ...sayParts("{reports}, last updated on {day}", {
      reports: sayMany(count, "{count} report", "{count} reports"),
      day: dayElement(updated_datetime, timeZone),
    }),
  );
  return element("li", {}, element("h3", {}, name), facts, element("p", { class: "app-open-data__files" }, ...files));
}

function feeds({ feeds }: Index, kind: Feed["kind"], heading: string, names: Council["names"]): HTMLElement[] {
  const known = kind === "ward" ? names?.wards : names?.services;
  const items = feeds
    .filter((feed) => feed.kind === kind)
    .map(({ code, name, url }) => element("li", {}, element("a", { href: url }, known?.[code] ?? name)));
  return items.length ? [element("h2", {}, heading), element("ul", { class: "govuk-list app-feeds" }, ...items)] : [];
}

function tell(text: string): void {
  byId("open-data-status").textContent = text;
}
