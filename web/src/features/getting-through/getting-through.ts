/** Shows, for each organisation that we pass reports on to, whether they arrive. */
import { getJson } from "../../shared/api.ts";
import { loadCouncil } from "../../shared/council.ts";
import { momentText } from "../../shared/dates.ts";
import { byId, element } from "../../shared/dom.ts";

interface Standing {
  name: string;
  kind: "open311" | "mailbox" | "webhook";
  last_success: string | null;
  waiting: number;
  failed: number;
  median_delay_s: number | null;
  missed_until: string | null;
  as_of: string;
}

const DOCUMENT = "/data/getting-through.json";
const MOST_COUNTED = 1_000;
const UNITS: [seconds: number, name: string][] = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
  [1, "second"],
];

void list().catch(() => tell("We could not load the figures. Check your connection and try again."));

async function list(): Promise<void> {
  tell("Loading the figures…");
  const [{ time_zone }, published] = await Promise.all([
    loadCouncil(),
    getJson<{ destinations: Standing[] }>(DOCUMENT),
  ]);
  if (!published) return tell("There are no figures yet. Try again in a few minutes.");
  tell("");
  const { destinations } = published;
  const shown = byId("getting-through");
  if (!destinations.length)
    return shown.replaceChildren(element("p", {}, "The council deals with all reports itself. We do not pass any on."));
  const asOf = element("p", {}, `Last updated ${moment(destinations[0]!.as_of, time_zone)}.`);
  shown.replaceChildren(asOf, ...destinations.map((each) => standing(each, time_zone)));
}

function standing(each: Standing, timeZone: string): HTMLElement {
  const [said, look] = verdict(each);
  const facts: [name: string, value: string | null][] = [
    ["Last delivered", each.last_success && moment(each.last_success, timeZone)],
    ["Usual delivery time", each.median_delay_s === null ? null : duration(each.median_delay_s)],
    ["Waiting", each.waiting ? count(each.waiting, each) : null],
    ["Could not read", each.missed_until && `some updates they sent before ${moment(each.missed_until, timeZone)}`],
    [
      "Not delivered",
      each.failed
        ? `${count(each.failed, each)}. Our officers are dealing with ${each.failed === 1 ? "it" : "them"}.`
        : null,
    ],
  ];
  const rows = facts.flatMap(([name, value]) => (value ? [element("dt", {}, name), element("dd", {}, value)] : []));
  return element(
    "section",
    { class: "app-card" },
    element("h2", {}, each.name),
    element("p", {}, element("strong", { class: `govuk-tag ${look}` }, said)),
    ...(each.kind === "webhook"
      ? [element("p", {}, "Systems that get public reports from us. We count them together.")]
      : []),
    ...(rows.length ? [element("dl", { class: "app-facts" }, ...rows)] : []),
  );
}

function verdict({ failed, waiting, last_success }: Standing): [said: string, look: string] {
  if (failed) return ["Some not delivered", ""];
  if (last_success) return ["Working", "app-tag--fixed"];
  return waiting ? ["Nothing delivered yet", ""] : ["Nothing sent yet", "app-tag--ended"];
}

function count(number: number, { kind }: Standing): string {
  return `${number > MOST_COUNTED ? `over ${MOST_COUNTED.toLocaleString("en-GB")}` : number} ${kind === "webhook" ? "message" : "report"}${number === 1 ? "" : "s"}`;
}

function moment(iso: string, timeZone: string): string {
  return momentText(Date.parse(iso), timeZone);
}

/** A rounded duration in one unit, such as 3 hours. */
function duration(seconds: number): string {
  const [length, name] = UNITS.find(([length]) => seconds >= length) ?? UNITS.at(-1)!;
  const number = Math.round(seconds / length);
  return number === 0 ? "less than a second" : `${number} ${name}${number === 1 ? "" : "s"}`;
}

function tell(text: string): void {
  byId("getting-through-status").textContent = text;
}
