/** Service disruption, for officers to publish, change and end. */
import { type FieldError, getJson, type Outcome } from "../../shared/api.ts";
import { loadCouncil } from "../../shared/council.ts";
import { actionButton, byId, element, focusOn, show, screenReaderText } from "../../shared/dom.ts";
import { type Disruption, disruptionNotice } from "../../shared/disruptions.ts";
import { showRefusedFields } from "../../shared/error-sentences.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { call, errorsOf } from "../../shared/session.ts";
import { openForOfficers, showStatus, showFailure } from "../../shared/staff-page.ts";
import { type Audience, audienceText } from "./audience.ts";
import { chosenArea, fillArea, offerWards, takeTypedPlace } from "./place.ts";

const DISRUPTIONS = "/api/disruptions";
const HOUR_MS = 60 * 60 * 1000;
const form = byId<HTMLFormElement>("disruption-form");
const list = byId("disruption-list");
const title = byId<HTMLInputElement>("title");
const text = byId<HTMLTextAreaElement>("text");
const begins = byId<HTMLInputElement>("begins");
const ends = byId<HTMLInputElement>("ends");
const cancel = byId("cancel");
let zone = "Europe/London";
let names = new Map<string, string>();
/** The disruption being changed; null while a new one is written. */
let edited: Disruption | null = null;
let key = crypto.randomUUID();
/** How many estimates were asked for: an answer to an earlier one is not shown. */
let estimates = 0;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void save();
});
cancel.addEventListener("click", () => fillForm(null));
form.addEventListener("change", () => void showAudience());
void openForOfficers(async () => {
  const council = await loadCouncil().catch(() => null);
  zone = council?.time_zone ?? zone;
  const wards = council?.wards
    ? await getJson<{ items: { code: string; name: string }[] }>(council.wards).catch(() => null)
    : null;
  names = new Map((wards?.items ?? []).map(({ code, name }) => [code, name]));
  offerWards(wards?.items ?? []);
  fillForm(null);
  await load();
});

async function load(): Promise<void> {
  const found = await call<{ items: Disruption[] }>("GET", DISRUPTIONS);
  if (found.kind !== "stored") return showFailure(found);
  list.replaceChildren(...found.value.items.map(disruptionEntry));
  if (!list.hasChildNodes()) list.replaceChildren(element("p", {}, "There is no service disruption."));
}

function disruptionEntry(disruption: Disruption): HTMLElement {
  const notice = disruptionNotice(disruption, zone, "h3");
  const buttons = [
    actionButton("Change", () => fillForm(disruption)),
    actionButton("End now", () => void endDisruption(disruption, notice)),
  ];
  for (const each of buttons) each.append(screenReaderText(` ${disruption.title}`));
  buttons[1]!.id = `end-${disruption.disruption_id}`;
  notice.append(
    element("p", { class: "app-muted" }, areaText(disruption)),
    element("div", { class: "app-buttons" }, ...buttons),
  );
  return notice;
}

function areaText({ area: { radius_m, ward_code, lat, long } }: Disruption): string | HTMLElement {
  if (ward_code) return `In ${names.get(ward_code) ?? ward_code} ward`;
  if (!radius_m) return "Anywhere in the council’s area";
  return element("a", { href: `/map/#15/${lat}/${long}` }, `Within ${radius_m} m of a location (view on map)`);
}

/** Fills the form with that disruption, or for a new one today. */
function fillForm(disruption: Disruption | null): void {
  clearErrors(form);
  const now = Date.now();
  edited = disruption;
  key = crypto.randomUUID();
  byId("form-heading").textContent = disruption ? `Change: ${disruption.title}` : "Add service disruption";
  byId("save").textContent = disruption ? "Save changes" : "Publish";
  show(cancel, disruption !== null);
  title.value = disruption?.title ?? "";
  text.value = disruption?.text ?? "";
  begins.value = localTime(disruption ? Date.parse(disruption.begins) : now);
  ends.value = localTime(disruption ? Date.parse(disruption.ends) : now + 8 * HOUR_MS);
  fillArea(disruption?.area);
  void showAudience();
  if (disruption) focusOn(byId("form-heading"));
}

/** Shows who the disruption would be sent to, as far as its area is complete. */
async function showAudience(): Promise<void> {
  const area = chosenArea();
  const turn = ++estimates;
  const found = "field" in area ? null : await call<Audience>("POST", `${DISRUPTIONS}/audience`, area);
  if (turn !== estimates) return;
  byId("audience").textContent = found?.kind === "stored" ? audienceText(found.value) : "";
}

async function save(): Promise<void> {
  clearErrors(form);
  if (!(await takeTypedPlace())) return;
  const area = chosenArea();
  const faults: FieldError[] = [
    ...(title.value.trim() ? [] : [{ field: "title", message: "Enter what is affected" }]),
    ...(begins.value ? [] : [{ field: "begins", message: "Enter when it starts" }]),
    ...(ends.value ? [] : [{ field: "ends", message: "Enter when it ends" }]),
    ...("field" in area ? [area] : []),
  ];
  if (faults.length) return showErrors(form, faults);
  const body = { title: title.value.trim(), text: text.value.trim(), begins: iso(begins), ends: iso(ends), area };
  const outcome = await (edited
    ? call<Disruption>("PATCH", `${DISRUPTIONS}/${edited.disruption_id}`, body, {
        "If-Match": `"${edited.version}"`,
      })
    : call<Disruption>("POST", DISRUPTIONS, body, { "Idempotency-Key": key }));
  if (outcome.kind !== "stored") return showRefusedFields(form, formErrors(outcome));
  const done = edited ? "has been changed" : "has been published";
  fillForm(null);
  await load();
  showStatus(`“${outcome.value.title}” ${done}.`);
  focusOn(byId("staff-status"));
}

async function endDisruption(disruption: Disruption, notice: HTMLElement): Promise<void> {
  const outcome = await call("DELETE", `${DISRUPTIONS}/${disruption.disruption_id}`, undefined, {
    "If-Match": `"${disruption.version}"`,
  });
  if (outcome.kind !== "stored")
    return showRefusedFields(
      notice,
      errorsOf(outcome).map(({ message }) => ({ field: `end-${disruption.disruption_id}`, message })),
    );
  await load();
  showStatus(`“${disruption.title}” has been ended.`);
  focusOn(byId("staff-status"));
}

function formErrors(outcome: Outcome<unknown>): FieldError[] {
  return errorsOf(outcome).map(({ field, message }) => ({
    field: field === "area.lat" || field === "area.long" ? "place-search" : field || "save",
    message,
  }));
}

/** The value of a datetime-local field, in the browser's time zone. */
function localTime(at: number): string {
  const offset_ms = new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at - offset_ms).toISOString().slice(0, 16);
}

const iso = (input: HTMLInputElement) => new Date(input.value).toISOString().replace(/\.\d+Z$/, "Z");
