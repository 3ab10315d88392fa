/** Whether what is passed on reaches those who deal with it: in words, for each of them. */
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

void list().catch(() => tell("The figures could not be loaded. Check your connection and try again."));

async function list(): Promise<void> {
  tell("Loading the figures…");
  const [{ time_zone }, published] = await Promise.all([loadCouncil(), getJson<{ destinations: Standing[] }>(DOCUMENT)]);
  if (!published) return tell("There are no figures yet. Look again in a few minutes.");
  tell("");
  const { destinations } = published;
  const shown = byId("getting-through");
  if (!destinations.length) return shown.replaceChildren(element("p", {}, "Nothing is passed on at present: the council deals with all of it itself."));
  const asOf = element("p", {}, `This is how it was on ${moment(destinations[0]!.as_of, time_zone)}.`);
  shown.replaceChildren(asOf, ...destinations.map((each) => standing(each, time_zone)));
}

function standing(each: Standing, timeZone: string): HTMLElement {
  const [said, look] = verdict(each);
  const facts: [name: string, value: string | null][] = [
    ["Last got through", each.last_success && moment(each.last_success, timeZone)],
    ["Usually takes", each.median_delay_s === null ? null : duration(each.median_delay_s)],
    ["Waiting to be sent", each.waiting ? count(each.waiting, each) : null],
    ["Could not be read", each.missed_until && `some of what they told us before ${moment(each.missed_until, timeZone)}`],
    ["Did not get through", each.failed ? `${count(each.failed, each)}: our officers look at ${each.failed === 1 ? "it" : "them"}` : null],
  ];
  const rows = facts.flatMap(([name, value]) => (value ? [element("dt", {}, name), element("dd", {}, value)] : []));
  return element(
    "section",
    { class: "app-card" },
    element("h2", {}, each.name),
    element("p", {}, element("strong", { class: `govuk-tag ${look}` }, said)),
    ...(each.kind === "webhook" ? [element("p", {}, "Systems that asked to be told of what everybody can see here, counted together.")] : []),
    ...(rows.length ? [element("dl", { class: "app-facts" }, ...rows)] : []),
  );
}

function verdict({ failed, waiting, last_success }: Standing): [said: string, look: string] {
  if (failed) return ["Not all gets through", ""];
  if (last_success) return ["Getting through", "app-tag--fixed"];
  return waiting ? ["Nothing got through yet", ""] : ["Nothing to send yet", "app-tag--ended"];
}

function count(number: number, { kind }: Standing): string {
  return `${number > MOST_COUNTED ? `over ${MOST_COUNTED.toLocaleString("en-GB")}` : number} ${kind === "webhook" ? "message" : "report"}${number === 1 ? "" : "s"}`;
}

function moment(iso: string, timeZone: string): string {
  return momentText(Date.parse(iso), timeZone);
}

/** Roughly, in one unit: 1 minute, 3 hours. */
function duration(seconds: number): string {
  const [length, name] = UNITS.find(([length]) => seconds >= length) ?? UNITS.at(-1)!;
  const number = Math.round(seconds / length);
  return number === 0 ? "less than a second" : `${number} ${name}${number === 1 ? "" : "s"}`;
}

function tell(text: string): void {
  byId("getting-through-status").textContent = text;
}
