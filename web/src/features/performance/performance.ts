/** The council's figures by month: for all reports, or for a kind of problem or ward in the address. */
import "../../styles/open-data.scss";
import { getJson } from "../../shared/api.ts";
import { type Council, loadCouncil } from "../../shared/council.ts";
import { chart, type Row } from "../../shared/chart.ts";
import { byId, element, show, screenReaderText } from "../../shared/dom.ts";
import { monthText, shortMonth } from "../../shared/months.ts";
import { say } from "../../shared/say.ts";

type Figure =
  | "reported"
  | "fixed"
  | "median_days"
  | "p90_days"
  | "with_target"
  | "in_target"
  | "reopened"
  | "failed_repairs"
  | "open_now";

type Figures = { service_code: string; ward_code: string } & Record<Figure, number | null>;

interface Month {
  month: string;
  json: string;
  csv: string;
  all: Figures;
}

interface CodeName {
  code: string;
  name: string;
}

interface Index {
  services: CodeName[];
  wards: CodeName[];
  months: Month[];
}

interface Selection {
  service: string;
  ward: string;
  year: string;
}

const INDEX = "/data/performance/index.json";
const ALL = "all";
const NAMES: Record<string, string> = {
  reported: say("Reported"),
  fixed: say("Fixed"),
  median_days: say("Half fixed within (median days)"),
  p90_days: say("90% fixed within (days)"),
  with_target: say("With a target date"),
  in_target: say("Fixed on time"),
  reopened: say("Reopened"),
  failed_repairs: say("Repair failed"),
  open_now: say("Still open"),
};

void showFigures().catch(() => setStatus(say("We could not load the figures. Check your connection and try again.")));

async function showFigures(): Promise<void> {
  setStatus(say("Loading the figures…"));
  const [figures, council] = await Promise.all([getJson<Index>(INDEX), loadCouncil().catch(() => null)]);
  const index = figures && translateNames(figures, council?.names);
  if (!index?.months.length) return setStatus(say("There are no figures yet, because there are no public reports."));
  const wanted = fillChoices(index);
  const months = index.months.filter(({ month }) => month.startsWith(wanted.year)).reverse();
  const chosen = await Promise.all(months.map((month) => figuresOf(month, wanted)));
  const data = months.map((month, at) => ({ month, figures: chosen[at]! }));
  byId("performance").replaceChildren(
    element("h2", {}, title(index, wanted)),
    totals(chosen),
    chart({
      title: say("Reported, fixed and open"),
      rows: say("Month reported"),
      columns: columnNames("reported", "fixed", "open_now"),
      barCount: 3,
      data: chartRows(data, "reported", "fixed", "open_now"),
    }),
    chart({
      title: say("Days to fix"),
      rows: say("Month reported"),
      columns: columnNames("median_days", "p90_days"),
      barCount: 2,
      data: chartRows(data, "median_days", "p90_days"),
      missing: say("too few reports"),
    }),
    chart({
      title: say("Fixed on time"),
      rows: say("Month reported"),
      columns: columnNames("with_target", "in_target"),
      barCount: 2,
      data: chartRows(data, "with_target", "in_target"),
    }),
    chart({
      title: say("Repairs that failed"),
      rows: say("Month reported"),
      columns: columnNames("reopened", "failed_repairs"),
      barCount: 2,
      data: chartRows(data, "reopened", "failed_repairs"),
    }),
    downloads(months),
  );
  show(byId("performance-about"));
  setStatus("");
}

/** With the names in the page's language. */
function translateNames(index: Index, names: Council["names"]): Index {
  const translated = (all: CodeName[], known: Record<string, string> = {}) =>
    all.map(({ code, name }) => ({ code, name: known[code] ?? name }));
  return {
    ...index,
    services: translated(index.services, names?.services),
    wards: translated(index.wards, names?.wards),
  };
}

/** Fills in the choices and selects those in the address; unknown ones are ignored. */
function fillChoices({ services, wards, months }: Index): Selection {
  const asked = new URLSearchParams(location.search);
  const years = [...new Set(months.map(({ month }) => month.slice(0, 4)))];
  const options: Record<keyof Selection, CodeName[]> = {
    service: services,
    ward: wards,
    year: years.map((year) => ({ code: year, name: year })),
  };
  for (const [name, found] of Object.entries(options)) {
    const select = byId<HTMLSelectElement>(name);
    select.append(...found.map((each) => element("option", { value: each.code }, each.name)));
    const value = asked.get(name);
    if (value && found.some(({ code }) => code === value)) select.value = value;
  }
  show(byId("performance-chooser"));
  const chosen = (name: keyof Selection) => byId<HTMLSelectElement>(name).value;
  return { service: chosen("service"), ward: chosen("ward"), year: chosen("year") };
}

async function figuresOf(month: Month, { service, ward }: Selection): Promise<Figures> {
  if (!service && !ward) return month.all;
  const document = await getJson<{ rows: Figures[] }>(month.json);
  const [service_code, ward_code] = [service || ALL, ward || ALL];
  const none: Figures = {
    service_code,
    ward_code,
    reported: 0,
    fixed: 0,
    median_days: null,
    p90_days: null,
    with_target: 0,
    in_target: 0,
    reopened: 0,
    failed_repairs: 0,
    open_now: 0,
  };
  return document?.rows.find((row) => row.service_code === service_code && row.ward_code === ward_code) ?? none;
}

function title({ services, wards }: Index, { service, ward, year }: Selection): string {
  const what = services.find(({ code }) => code === service)?.name ?? say("All problems");
  const where = wards.find(({ code }) => code === ward)?.name;
  return `${what}${where ? `, ${where}` : ""}, ${year}`;
}

/** The year's totals. A hidden number can be 0, so the sum is a lower bound. */
function totals(figures: Figures[]): HTMLElement {
  const facts = (["reported", "fixed", "open_now"] as const).flatMap((name) => {
    const sum = figures.reduce((sum, each) => sum + (each[name] ?? 0), 0).toLocaleString("en-GB");
    const isBound = figures.some((each) => each[name] === null);
    return [
      element("dt", {}, NAMES[name]!),
      element("dd", {}, isBound ? (sum === "0" ? say("hidden") : say("{number} or more", { number: sum })) : sum),
    ];
  });
  return element("dl", { class: "app-facts" }, ...facts);
}

function chartRows(data: { month: Month; figures: Figures }[], ...of: Figure[]): Row[] {
  return data.map(({ month, figures }) => ({
    name: shortMonth(month.month),
    values: of.map((figure) => figures[figure]),
  }));
}

function columnNames(...of: Figure[]): string[] {
  return of.map((figure) => NAMES[figure]!);
}

function downloads(months: Month[]): HTMLElement {
  const links = months.map((month) =>
    element(
      "li",
      {},
      element(
        "a",
        { href: month.csv, download: `performance-${month.month}.csv` },
        screenReaderText("CSV "),
        monthText(month.month),
      ),
    ),
  );
  return element(
    "section",
    {},
    element("h2", {}, say("Download the data")),
    element(
      "p",
      {},
      say("You can download each month as a spreadsheet (CSV), with every kind of problem in every ward."),
      " ",
      element("a", { href: INDEX }, say("Get the same data as JSON")),
    ),
    element("ul", { class: "govuk-list app-feeds" }, ...links),
  );
}

function setStatus(text: string): void {
  byId("performance-status").textContent = text;
}
