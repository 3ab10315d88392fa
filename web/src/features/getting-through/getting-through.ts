/** Shows, for each organisation that we pass reports on to, whether they arrive. */
import { getJson } from "../../shared/api.ts";
import { loadCouncil } from "../../shared/council.ts";
import { momentText } from "../../shared/dates.ts";
import { byId, element } from "../../shared/dom.ts";
import { say, sayMany } from "../../shared/say.ts";

interface DestinationStatus {
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
const UNITS: [seconds: number, words: (count: number) => string][] = [
  [86_400, (count) => sayMany(count, "{count} day", "{count} days")],
  [3_600, (count) => sayMany(count, "{count} hour", "{count} hours")],
  [60, (count) => sayMany(count, "{count} minute", "{count} minutes")],
  [1, (count) => sayMany(count, "{count} second", "{count} seconds")],
];

void showDestinations().catch(() =>
  setStatus(say("We could not load the figures. Check your connection and try again.")),
);

async function showDestinations(): Promise<void> {
  setStatus(say("Loading the figures…"));
  const [{ time_zone }, published] = await Promise.all([
    loadCouncil(),
    getJson<{ destinations: DestinationStatus[] }>(DOCUMENT),
  ]);
  if (!published) return setStatus(say("There are no figures yet. Try again in a few minutes."));
  setStatus("");
  const { destinations } = published;
  const shown = byId("getting-through");
  if (!destinations.length)
    return shown.replaceChildren(
      element("p", {}, say("The council deals with all reports itself. We do not pass any on.")),
    );
  const asOf = element("p", {}, say("Last updated {moment}.", { moment: moment(destinations[0]!.as_of, time_zone) }));
  shown.replaceChildren(asOf, ...destinations.map((each) => destinationCard(each, time_zone)));
}

function destinationCard(each: DestinationStatus, timeZone: string): HTMLElement {
  const [said, look] = verdict(each);
  const facts: [name: string, value: string | null][] = [
    [say("Last delivered"), each.last_success && moment(each.last_success, timeZone)],
    [say("Usual delivery time"), each.median_delay_s === null ? null : duration(each.median_delay_s)],
    [say("Waiting"), each.waiting ? countText(each.waiting, each) : null],
    [
      say("Could not read"),
      each.missed_until &&
        say("some updates they sent before {moment}", { moment: moment(each.missed_until, timeZone) }),
    ],
    [
      say("Not delivered"),
      each.failed
        ? `${countText(each.failed, each)}. ${sayMany(each.failed, "Our officers are dealing with it.", "Our officers are dealing with them.")}`
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
      ? [element("p", {}, say("Systems that get public reports from us. We count them together."))]
      : []),
    ...(rows.length ? [element("dl", { class: "app-facts" }, ...rows)] : []),
  );
}

function verdict({ failed, waiting, last_success }: DestinationStatus): [said: string, look: string] {
  if (failed) return [say("Some not delivered"), ""];
  if (last_success) return [say("Working"), "app-tag--fixed"];
  return waiting ? [say("Nothing delivered yet"), ""] : [say("Nothing sent yet"), "app-tag--ended"];
}

function countText(number: number, { kind }: DestinationStatus): string {
  const isMessages = kind === "webhook";
  if (number > MOST_COUNTED) return isMessages ? say("over 1,000 messages") : say("over 1,000 reports");
  return isMessages
    ? sayMany(number, "{count} message", "{count} messages")
    : sayMany(number, "{count} report", "{count} reports");
}

function moment(iso: string, timeZone: string): string {
  return momentText(Date.parse(iso), timeZone);
}

/** A rounded duration in one unit, such as 3 hours. */
function duration(seconds: number): string {
  const [length, words] = UNITS.find(([length]) => seconds >= length) ?? UNITS.at(-1)!;
  const number = Math.round(seconds / length);
  return number === 0 ? say("less than a second") : words(number);
}

function setStatus(text: string): void {
  byId("getting-through-status").textContent = text;
}
