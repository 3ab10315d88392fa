/** Lists the feeds, and the months with the files of their days. The days of a month are loaded when it is opened. */
import "../../styles/open-data.scss";
import { getJson } from "../../shared/api.ts";
import { type Council, loadCouncil } from "../../shared/council.ts";
import { dayElement, dayText } from "../../shared/dates.ts";
import { byId, element, screenReaderText } from "../../shared/dom.ts";
import { monthText } from "../../shared/months.ts";
import { say, sayMany, sayParts } from "../../shared/say.ts";

interface Month {
  month: string;
  count: number;
  updated_datetime: string;
  url: string;
}

interface Part {
  open311: string;
  csv: string;
  geojson: string;
}

interface Day {
  day: string;
  count: number;
  parts: Part[];
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

void showFiles().catch(() =>
  setStatus(say("We could not load the list of files. Check your connection and try again.")),
);

async function showFiles(): Promise<void> {
  setStatus(say("Loading the list of files…"));
  const { time_zone, open_data, names } = await loadCouncil();
  const index = open_data ? await getJson<Index>(open_data) : null;
  setStatus("");
  const months = index?.months.map((month) => monthItem(month, time_zone)) ?? [];
  byId("open-data-months").replaceChildren(
    months.length
      ? element("ul", { class: "app-open-data" }, ...months)
      : element("p", {}, say("There are no reports yet.")),
  );
  if (index)
    byId("open-data-feeds").append(...HEADINGS.flatMap(([kind, heading]) => feedList(index, kind, heading, names)));
}

function monthItem({ month, count, updated_datetime, url }: Month, timeZone: string): HTMLElement {
  const facts = element(
    "p",
    { class: "app-muted" },
    ...sayParts("{reports}, last updated on {day}", {
      reports: reportsText(count),
      day: dayElement(updated_datetime, timeZone),
    }),
  );
  const files = element("div", {}, say("Loading the list of files…"));
  const summary = element("summary", {}, say("Files"), screenReaderText(` ${monthText(month)}`));
  const details = element("details", {}, summary, files);
  details.addEventListener("toggle", () => {
    if (details.open && !files.querySelector("ul")) void showDays(files, url);
  });
  return element("li", {}, element("h3", {}, monthText(month)), facts, details);
}

async function showDays(files: HTMLElement, url: string): Promise<void> {
  const month = await getJson<{ days: Day[] }>(url).catch(() => null);
  files.replaceChildren(
    month
      ? element("ul", { class: "app-open-data__days" }, ...month.days.map(dayItem))
      : element("p", {}, say("We could not load the list of files. Check your connection and try again.")),
  );
}

function dayItem({ day, count, parts }: Day): HTMLElement {
  const links = parts.flatMap((part, at) => fileLinks(part, dayText(day, "UTC"), parts.length > 1 ? at + 1 : 0));
  return element("li", {}, dayElement(day, "UTC"), `: ${reportsText(count)}`, element("div", {}, ...links));
}

/** `part` is 0 where the day has only one. */
function fileLinks({ open311, csv, geojson }: Part, day: string, part: number): (HTMLElement | string)[] {
  const number = part ? ` ${part}` : "";
  return Object.entries({ JSON: open311, CSV: csv, GeoJSON: geojson }).flatMap(([kind, href]) => [
    element("a", { href, download: "" }, `${kind}${number}`, screenReaderText(` ${day}`)),
    " ",
  ]);
}

const reportsText = (count: number) => sayMany(count, "{count} report", "{count} reports");

function feedList({ feeds }: Index, kind: Feed["kind"], heading: string, names: Council["names"]): HTMLElement[] {
  const known = kind === "ward" ? names?.wards : names?.services;
  const items = feeds
    .filter((feed) => feed.kind === kind)
    .map(({ code, name, url }) => element("li", {}, element("a", { href: url }, known?.[code] ?? name)));
  return items.length ? [element("h2", {}, heading), element("ul", { class: "govuk-list app-feeds" }, ...items)] : [];
}

function setStatus(text: string): void {
  byId("open-data-status").textContent = text;
}
