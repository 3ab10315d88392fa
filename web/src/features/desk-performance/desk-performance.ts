/** Monthly costs for officers: contacts by channel, avoidable contacts, and the crews' work. */
import { chart } from "../../shared/chart.ts";
import { byId, element } from "../../shared/dom.ts";
import { pounds } from "../../shared/money.ts";
import { call } from "../../shared/session.ts";
import { openForOfficers, showFailure } from "../../shared/staff-page.ts";

interface Performance {
  month: string;
  channels: { channel: string; count: number; cost_pence: number }[];
  avoidable_contact: { count: number; cost_pence: number; follow_ups: number; repeated: number };
  crews: { crew: string; name: string; jobs: number; done: number; could_not: number; minutes: number }[];
  about: Record<string, string>;
}

const MONTHS = 24;
const CHANNELS: Record<string, string> = {
  online: "Online",
  phone: "By phone",
  counter: "At a counter",
  letter: "By letter",
  social: "On social media",
};
const NAMES: Record<string, string> = {
  month: "Which reports",
  cost_pence: "Cost",
  follow_ups: "Asked about progress",
  repeated: "Reported more than once",
  crews: "Crews",
};
const month = byId<HTMLSelectElement>("month");

void openForOfficers(async () => {
  const asked = new URLSearchParams(location.search).get("month");
  const answer = await call<Performance>(
    "GET",
    `/api/performance${asked ? `?month=${encodeURIComponent(asked)}` : ""}`,
  );
  offerMonths(answer.kind === "stored" ? answer.value.month : asked);
  if (answer.kind !== "stored") return showFailure(answer);
  byId("performance").replaceChildren(...sections(answer.value));
});

function offerMonths(chosen: string | null): void {
  const now = new Date();
  const months = Array.from({ length: MONTHS }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back)).toISOString().slice(0, 7),
  );
  if (chosen && !months.includes(chosen)) months.push(chosen);
  month.append(...months.map((each) => element("option", { value: each }, monthName(each))));
  if (chosen) month.value = chosen;
}

function sections({ channels, avoidable_contact: avoidable, crews, about }: Performance): HTMLElement[] {
  const facts: [name: string, value: string][] = [
    ["Total", `${avoidable.count.toLocaleString("en-GB")}, which cost about ${pounds(avoidable.cost_pence)}`],
    [NAMES.follow_ups!, avoidable.follow_ups.toLocaleString("en-GB")],
    [NAMES.repeated!, avoidable.repeated.toLocaleString("en-GB")],
  ];
  const total = channels.reduce((sum, each) => sum + each.cost_pence, 0);
  return [
    chart({
      title: "How people contacted us",
      rows: "Channel",
      columns: ["Reports", "Cost"],
      barCount: 1,
      data: channels.map(({ channel, count, cost_pence }) => ({
        name: CHANNELS[channel] ?? channel,
        values: [count, cost_pence],
      })),
      text: (value, column) => (column ? pounds(value) : value.toLocaleString("en-GB")),
    }),
    element("p", {}, `The total cost was about ${pounds(total)}.`),
    element("h2", {}, "Avoidable contacts"),
    element(
      "dl",
      { class: "app-facts" },
      ...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
    ),
    crews.length
      ? chart({
          title: "Crews' work",
          rows: "Crew",
          columns: ["Jobs", "Done", "Could not be done", "Hours"],
          barCount: 3,
          data: crews.map(({ name, jobs, done, could_not, minutes }) => ({
            name,
            values: [jobs, done, could_not, Math.round(minutes / 6) / 10],
          })),
        })
      : element("p", {}, "Your teams have no crews."),
    element("h2", {}, "About these figures"),
    element(
      "dl",
      { class: "app-meanings" },
      ...Object.keys(NAMES).flatMap((name) => [element("dt", {}, NAMES[name]!), element("dd", {}, about[name] ?? "")]),
    ),
  ];
}

function monthName(each: string): string {
  return new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" }).format(
    new Date(`${each}-01T00:00:00Z`),
  );
}
