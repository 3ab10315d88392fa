/** The devices where I am signed in, to sign out of them. */
import { momentText } from "../../shared/dates.ts";
import { actionButton, byId, element, screenReaderText } from "../../shared/dom.ts";
import { call } from "../../shared/session.ts";
import { forgetSender } from "./forget-sender.ts";
import { sendChange, openPage, showMessage } from "./page.ts";
import { say } from "../../shared/say.ts";

interface Device {
  session_id: string;
  device: string;
  created_at: string;
  last_used_at: string;
  is_this: boolean;
}

const DEVICES = "/api/account/devices";
const list = byId("devices");
const all = byId("end-all");

all.addEventListener("click", () => void endAll());
void openPage<{ items: Device[] }>(DEVICES, ({ items }) => list.replaceChildren(...items.map(deviceEntry)));

function deviceEntry(device: Device): HTMLElement {
  const { is_this, device: name } = device;
  const tag = is_this ? [" ", element("strong", { class: "govuk-tag" }, say("This device"))] : [];
  const times = say("Signed in on {begun}, last used on {used}", {
    begun: moment(device.created_at),
    used: moment(device.last_used_at),
  });
  const entry = element(
    "section",
    { class: "app-entry" },
    element("h2", { class: "app-entry__name" }, name, ...tag),
    element("p", { class: "app-muted" }, times),
  );
  if (!is_this) entry.append(endButton(device, entry));
  return entry;
}

function endButton({ session_id, device }: Device, entry: HTMLElement): HTMLElement {
  const button = actionButton(say("Sign out"), () => void end());
  button.id = `end-${session_id}`;
  button.append(screenReaderText(` ${device}`));
  return button;

  async function end(): Promise<void> {
    const done = await sendChange(
      entry,
      () => call("DELETE", `${DEVICES}/${session_id}`),
      () => button.id,
    );
    if (!done) return;
    entry.remove();
    showMessage(say("{device} signed out.", { device }));
  }
}

async function endAll(): Promise<void> {
  const done = await sendChange(
    byId("account-page"),
    () => call("DELETE", DEVICES),
    () => all.id,
  );
  if (!done) return;
  await forgetSender();
  location.assign("/");
}

const moment = (iso: string) => momentText(Date.parse(iso));
