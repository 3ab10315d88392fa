/** The facts of a case, with the reasons for its team, target and priority. */
import { dayElement, momentText } from "../../shared/dates.ts";
import { byId, element, show } from "../../shared/dom.ts";
import { placeText } from "../../shared/places/place-text.ts";
import { MapOnRequest } from "../../shared/places/show-map.ts";
import { groupReference } from "../../shared/reference.ts";
import { stateTag } from "../../shared/states.ts";
import { changeCase, casePage, may } from "./current-case.ts";
import { placeOf } from "./model.ts";
import { nameOf } from "./names.ts";
import {
  attentionText,
  CHANNELS,
  countText,
  PRIORITIES,
  priorityTag,
  reference,
  targetTag,
  targetText,
  titleOf,
  ALL_VISIBILITIES,
} from "./words.ts";

type FactPart = Node | string | null;

/** The facts that show their reasons beside them. */
const FACTS_WITH_REASONS = ["team", "priority", "target", "opens"];
const FLAGS: Record<string, string> = {
  personal_data: "It includes personal information",
  offensive: "It is offensive",
  not_a_report: "It is not a report",
  other: "Something else",
};

export function startFacts(): void {
  new MapOnRequest(
    "show-map",
    "case-map",
    () => {
      const place = placeOf(casePage.shown);
      return { marks: place ? [{ ...place, name: titleOf(casePage.shown) }] : [], here: null };
    },
    () => undefined,
  );
  byId("settle-flags").addEventListener(
    "click",
    () => void changeCase(byId("flags"), { flags_settled: true }, "Flags marked as reviewed.", "settle-flags"),
  );
}

export function drawFacts(): void {
  const { shown, names, zone } = casePage;
  document.title = document.title.replace(/^.*?( – )/, `${titleOf(shown)}$1`);
  byId("case-title").textContent = titleOf(shown);
  byId("case-tags").replaceChildren(
    stateTag(shown.state),
    ...(shown.status === "open" ? [targetTag(shown)] : []),
    ...priorityTag(shown.priority),
    ...(shown.attention ? [element("strong", { class: "govuk-tag desk-tag--soon" }, attentionText(shown))] : []),
    ...(shown.waits_for ? [element("strong", { class: "govuk-tag app-tag--working" }, "Waiting for an answer")] : []),
  );
  byId("description").textContent = shown.description;
  const place = placeOf(shown);
  show(byId("show-map"), place !== null);
  const answers = Object.entries(shown.attributes).map(([code, values]) =>
    element("div", {}, `${code}: ${values.join(", ")}`),
  );
  const rows: [string, FactPart[]][] = [
    ["Reference", [reference(shown.service_request_id)]],
    ["Service", [shown.service_name]],
    ["Answers", answers],
    [
      "Location",
      [
        shown.address,
        ...(place
          ? [element("div", { class: "app-muted" }, placeText(place))]
          : [shown.placeless ? "No place needed" : "No pin"]),
      ],
    ],
    ["Ward", [shown.ward_code && nameOf(shown.ward_code, names.wards)]],
    ["Reported", [dayElement(shown.requested_datetime, zone), `, ${CHANNELS[shown.channel] ?? shown.channel}`]],
    ["Target", [targetText(shown), ...reasonLines("target")]],
    ["Next review", [shown.review_on && dayElement(shown.review_on, zone)]],
    ["Team", [nameOf(shown.team, names.teams), ...reasonLines("team")]],
    ["Priority", [PRIORITIES[shown.priority], ...reasonLines("priority")]],
    ["Assigned to", [shown.opens === "job" ? "A crew, as a job" : "An officer", ...reasonLines("opens")]],
    [
      "Other rules",
      shown.because
        .filter(({ about }) => !FACTS_WITH_REASONS.includes(about))
        .map(({ text }) => element("div", {}, text)),
    ],
    ["Who can see it", [ALL_VISIBILITIES[shown.visibility]]],
    ["Followers", [shown.followers ? countText(shown.followers, "follower") : null]],
    [
      "Residents' answers to 'Is it fixed?'",
      [
        shown.said_fixed + shown.said_not_fixed
          ? `${shown.said_fixed} said yes, ${shown.said_not_fixed} said no`
          : null,
      ],
    ],
    ["Failed repairs", [shown.failed_repairs ? `${shown.failed_repairs}` : null]],
    ["Reference in another system", [shown.external_reference]],
    ["Asset", [shown.asset_id]],
    [
      "Public page",
      [
        shown.visibility === "public"
          ? element("a", { href: shown.tracking_url }, groupReference(shown.service_request_id))
          : null,
      ],
    ],
  ];
  byId("facts").replaceChildren(...factRows(rows));
  drawReporter();
  show(byId("flags"), shown.flags.length > 0);
  show(byId("settle-flags"), may("change"));
  byId("flag-list").replaceChildren(
    ...shown.flags.map(({ reason, text }) =>
      element("li", {}, [FLAGS[reason] ?? reason, text].filter(Boolean).join(": ")),
    ),
  );
}

function drawReporter(): void {
  const { contact, anonymous, language, reach_by } = casePage.shown;
  const rows: [string, FactPart[]][] = [
    ["Name", [contact?.name ?? null]],
    ["Email", [contact?.email ? element("a", { href: `mailto:${contact.email}` }, contact.email) : null]],
    [
      "Phone",
      [contact?.phone ? element("a", { href: `tel:${contact.phone.replaceAll(" ", "")}` }, contact.phone) : null],
    ],
    ["Preferred contact", [reach_by]],
    ["Language", [language]],
  ];
  const known = factRows(rows);
  byId("reporter").replaceChildren(
    ...(known.length
      ? known
      : factRows([
          ["Not known", [anonymous ? "Reported anonymously" : "No contact details, or they have been deleted"]],
        ])),
  );
}

function reasonLines(about: string): HTMLElement[] {
  const { because, decided_by_hand } = casePage.shown;
  if (decided_by_hand.includes(about)) return [element("div", { class: "desk-why" }, "An officer chose this.")];
  return because.filter((each) => each.about === about).map(({ text }) => element("div", { class: "desk-why" }, text));
}

/** Leaves out empty facts. */
export function factRows(rows: [string, FactPart[]][]): HTMLElement[] {
  const told = rows.map(
    ([name, inside]) => [name, inside.filter((each) => each !== null && each !== "")] as [string, (Node | string)[]],
  );
  return told
    .filter(([, inside]) => inside.length)
    .flatMap(([name, inside]) => [element("dt", {}, name), element("dd", {}, ...inside)]);
}

export const moment = (iso: string) => momentText(Date.parse(iso), casePage.zone);
