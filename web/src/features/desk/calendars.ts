/** A week of a calendar, and what is booked on one of its days. */
import { loadCouncil } from "../../shared/council.ts";
import { isoDay } from "../../shared/dates.ts";
import { byId, element, show } from "../../shared/dom.ts";
import { call } from "../../shared/session.ts";
import { showStatus, showFailure } from "../../shared/staff-page.ts";
import { closedText, type DaySummary, totalText } from "./calendar-words.ts";
import { openDay } from "./calendars-day.ts";
import { openDesk } from "./desk.ts";
import { dayInQuery, daysAfter, mondayOf, weekdayText } from "./words.ts";

let calendar = "";
let date = "";

openDesk(open, loadWeek);

async function open(): Promise<boolean> {
  const asked = new URLSearchParams(location.search);
  const [council, found] = await Promise.all([
    loadCouncil().catch(() => null),
    call<{ items: { calendar: string; name: string; is_visited: boolean }[] }>("GET", "/api/calendars"),
  ]);
  if (found.kind !== "stored") {
    showFailure(found);
    return false;
  }
  const calendars = found.value.items;
  if (!calendars.length) {
    showStatus("The council has no calendars that people can book.");
    return false;
  }
  const zone = council?.time_zone ?? "Europe/London";
  calendar = asked.get("calendar") || calendars[0]!.calendar;
  date = dayInQuery(asked, "date") ?? isoDay(new Date(), zone);
  const select = byId<HTMLSelectElement>("calendar");
  select.replaceChildren(...calendars.map((each) => element("option", { value: each.calendar }, each.name)));
  select.value = calendar;
  byId<HTMLInputElement>("date").value = date;
  byId("week-heading").textContent = `Week from ${weekdayText(mondayOf(date))}`;
  byId<HTMLAnchorElement>("week-before").href = addressOf(daysAfter(date, -7));
  byId<HTMLAnchorElement>("week-after").href = addressOf(daysAfter(date, 7));
  const isVisited = calendars.some((each) => each.calendar === calendar && each.is_visited);
  return (await openDay({ calendar, date, zone, isVisited }, loadWeek)) && loadWeek();
}

async function loadWeek(): Promise<boolean> {
  const path = `/api/calendars/${encodeURIComponent(calendar)}/days?${new URLSearchParams({ from: mondayOf(date) })}`;
  const found = await call<{ items: DaySummary[] }>("GET", path);
  if (found.kind !== "stored") {
    showFailure(found);
    return false;
  }
  byId("week").replaceChildren(...found.value.items.map(dayEntry));
  return true;
}

function dayEntry(day: DaySummary): HTMLElement {
  const closed = closedText(day);
  const link = element("a", { href: addressOf(day.day) }, weekdayText(day.day).replace(/ \d{4}$/, ""));
  if (day.day === date) link.setAttribute("aria-current", "date");
  const slots = element(
    "ul",
    { class: "desk-week__slots" },
    ...day.slots.map(({ name, taken }) =>
      element("li", {}, element("span", {}, name), " ", `${taken} of ${day.capacity}`),
    ),
  );
  show(slots, day.slots.length > 1);
  return element(
    "li",
    {},
    element("h3", {}, link),
    ...(closed ? [element("p", { class: "app-muted" }, closed)] : []),
    ...(day.slots.length ? [element("p", {}, totalText(day))] : []),
    slots,
  );
}

const addressOf = (day: string) => `/desk/calendars/?${new URLSearchParams({ calendar, date: day })}`;
