/** One of my alerts, to change or stop it. */
import { choiceGroup, choiceItems, checkedValues } from "../../shared/choices.ts";
import { actionButton, element, focusOn, screenReaderText } from "../../shared/dom.ts";
import { showErrors } from "../../shared/form-errors.ts";
import { groupReference } from "../../shared/reference.ts";
import { call } from "../../shared/session.ts";
import type { Channel } from "../../shared/channels.ts";
import {
  anywhereWords,
  distanceWords,
  eventTypesOf,
  type Frequency,
  FREQUENCIES,
  hourWords,
  hoursWith,
  type Kind,
  nearWords,
  type EventType,
} from "../alerts/words.ts";
import { sendChange, setStatus } from "./page.ts";
import { say } from "../../shared/say.ts";

interface QuietHours {
  begin: string;
  end: string;
}

export interface OwnAlert {
  subscription_id: string;
  channel: Channel;
  to: string | null;
  topic: {
    kind: Kind;
    service_request_id: string | null;
    lat: number | null;
    long: number | null;
    radius_m: number | null;
    ward_code: string | null;
    service_codes: string[];
  };
  event_types: EventType[];
  frequency: Frequency;
  remind_at: string | null;
  quiet: QuietHours | null;
  state: "unconfirmed" | "active" | "stopped";
  version: number;
}

/** Services and wards by their codes. */
export type CodeNames = Map<string, string>;

const CHANNEL_TEXTS: Record<Channel, string> = {
  email: say("by email"),
  sms: say("by text message"),
  push: say("by notification in a browser"),
};
const NIGHT: QuietHours = { begin: "22:00", end: "07:00" };

export function alertEntry(alert: OwnAlert, named: CodeNames): HTMLElement {
  const entry = element("section", { class: "app-entry" });
  const about = aboutWords(alert, named);
  showEntry(alert);
  return entry;

  function heading(): HTMLElement {
    const { service_request_id } = alert.topic;
    return element(
      "h2",
      { class: "app-entry__name" },
      service_request_id ? element("a", { href: `/reports/${service_request_id}` }, about) : about,
    );
  }

  function showEntry(now: OwnAlert): void {
    const buttons = [actionButton(say("Change"), () => edit(now)), actionButton(say("Stop"), () => void stop(now))];
    for (const each of buttons) each.append(screenReaderText(` ${about}`));
    buttons[1]!.id = `${now.subscription_id}-stop`;
    entry.replaceChildren(heading(), ...facts(now), element("div", { class: "app-buttons" }, ...buttons));
  }

  function returnToEntry(now: OwnAlert): void {
    showEntry(now);
    focusOn(entry.querySelector("h2")!);
  }

  function edit(now: OwnAlert): void {
    const form = alertForm(now, () => returnToEntry(now));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void save(now, form);
    });
    entry.replaceChildren(heading(), form);
    focusOn(entry.querySelector("h2")!);
  }

  async function save(now: OwnAlert, form: HTMLFormElement): Promise<void> {
    const changes = readChanges(form, now);
    if (!changes)
      return showErrors(form, [
        { field: `${now.subscription_id}-event_types`, message: say("Choose at least one kind of alert") },
      ]);
    const saved = await sendChange(
      form,
      () => call<OwnAlert>("PATCH", pathOf(now), changes, { "If-Match": `"${now.version}"` }),
      () => `${now.subscription_id}-save`,
    );
    if (!saved) return;
    returnToEntry(saved);
    setStatus(say("Your changes have been saved."));
  }

  async function stop(now: OwnAlert): Promise<void> {
    const done = await sendChange(
      entry,
      () => call("DELETE", pathOf(now)),
      () => `${now.subscription_id}-stop`,
    );
    if (!done) return;
    const note = element("p", {}, say("You have stopped these alerts: {about}.", { about }));
    entry.replaceChildren(note);
    focusOn(note);
  }
}

const pathOf = ({ subscription_id }: OwnAlert) => `/api/subscriptions/${subscription_id}`;

function aboutWords({ topic: about }: OwnAlert, named: CodeNames): string {
  const { kind, service_request_id, radius_m, ward_code, service_codes } = about;
  if (service_request_id) return say("Report {reference}", { reference: groupReference(service_request_id) });
  const topic = radius_m
    ? nearWords(kind, distanceWords(radius_m), say("a location"))
    : ward_code
      ? say("Reports in {ward} ward", { ward: named.get(ward_code) ?? ward_code })
      : anywhereWords(kind);
  const only = service_codes.length ? ` (${service_codes.map((code) => named.get(code) ?? code).join(", ")})` : "";
  return topic + only;
}

function facts({ channel, to, frequency, remind_at: hour, quiet, topic, state }: OwnAlert): HTMLElement[] {
  const often = hour ? hourWords(hour) : FREQUENCIES.find(([value]) => value === frequency)![1];
  const silent = quiet ? [say("but not from {begin} to {end}", { begin: quiet.begin, end: quiet.end })] : [];
  const way = to ? say("{way} to {address}", { way: CHANNEL_TEXTS[channel], address: to }) : CHANNEL_TEXTS[channel];
  const map =
    topic.lat === null
      ? []
      : [element("p", {}, element("a", { href: `/map/#15/${topic.lat}/${topic.long}` }, say("View on map")))];
  const waiting =
    state === "unconfirmed" ? [element("p", {}, say("Not confirmed yet. Use the link or code that we sent you."))] : [];
  return [element("p", { class: "app-muted" }, `${[often, ...silent, way].join(", ")}.`), ...map, ...waiting];
}

function alertForm(
  { subscription_id: id, topic, event_types: eventTypes, frequency, remind_at: hour, quiet }: OwnAlert,
  cancel: () => void,
): HTMLFormElement {
  const fitting = eventTypesOf(topic.kind);
  const chosen = eventTypes.length ? eventTypes : fitting.map(([what]) => what);
  const silent = element(
    "div",
    { class: "govuk-checkboxes" },
    ...choiceItems(
      "checkbox",
      `${id}-quiet`,
      [
        [
          "yes",
          say("Don't send alerts at night"),
          say("We do not send alerts from {begin} to {end}. We'll send them in the morning.", {
            begin: (quiet ?? NIGHT).begin,
            end: (quiet ?? NIGHT).end,
          }),
        ],
      ],
      quiet ? ["yes"] : [],
    ),
  );
  const save = element("button", { class: "govuk-button", type: "submit", id: `${id}-save` }, say("Save"));
  return element(
    "form",
    { novalidate: "" },
    ...(fitting.length > 1
      ? [
          choiceGroup(
            say("Send me an alert when"),
            "checkboxes",
            choiceItems("checkbox", `${id}-event_types`, fitting, chosen),
          ),
        ]
      : []),
    hour
      ? choiceGroup(
          say("When should we remind you?"),
          "radios",
          choiceItems("radio", `${id}-remind_at`, hoursWith(hour), [hour]),
        )
      : choiceGroup(say("How often?"), "radios", choiceItems("radio", `${id}-frequency`, FREQUENCIES, [frequency])),
    element("div", { class: "govuk-form-group" }, silent),
    element("div", { class: "app-buttons" }, save, actionButton(say("Cancel"), cancel)),
  );
}

/** The changes to send, or null if no event type is chosen. */
function readChanges(
  form: HTMLFormElement,
  { subscription_id: id, topic, remind_at: hour, quiet }: OwnAlert,
): object | null {
  const chosen = (name: string) => checkedValues(form, `${id}-${name}`);
  const fitting = eventTypesOf(topic.kind);
  const eventTypes = chosen("event_types");
  if (fitting.length > 1 && !eventTypes.length) return null;
  return {
    ...(hour ? { remind_at: chosen("remind_at")[0] } : { frequency: chosen("frequency")[0] }),
    ...(fitting.length > 1 ? { event_types: eventTypes.length === fitting.length ? [] : eventTypes } : {}),
    ...(chosen("quiet").length ? { quiet: quiet ?? NIGHT } : { clear: ["quiet"] }),
  };
}
