/** Which one of the council's things it is, such as a street light: the nearest as a list, and on a map. */
import { byId, element } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { distanceText, loadFacilities, loadKinds, type Near, nearestOf } from "../../shared/places/facilities.ts";
import { MapOnRequest } from "../../shared/places/show-map.ts";
import type { Place } from "../../shared/reports.ts";
import { about, assetOf, changeDraft, currentDraft, placeOf } from "./draft.ts";
import { stepAfter } from "./flow.ts";
import { goInstead, sectionOf } from "./steps.ts";

const MOST = 8;
const WITHIN_M = 250;
const PATIENCE_MS = 4_000;
const NONE = "none";

interface Choice {
  /** The middle that the distances are from. */
  from: Place;
  label: string;
  near: Near[];
}

const section = sectionOf("asset");
const box = byId("assets");
let found: { about: string; choice: Promise<Choice | null> } | undefined;
let shown: Choice | null = null;

const map = new MapOnRequest(
  "assets-on-map",
  "asset-map",
  () => ({ marks: shown?.near.map(({ facility }) => facility) ?? [], here: shown?.from ?? null }),
  (index) => {
    radios()[index]?.click();
    return radios()[index];
  },
);

export function start(onward: () => Promise<void>): void {
  box.addEventListener("change", () => map.choose(radios().findIndex(({ checked }) => checked)));
  section.querySelector("form")!.addEventListener("submit", () => {
    clearErrors(section);
    const chosen = radios().find(({ checked }) => checked)?.value;
    if (!chosen) return showErrors(section, [{ field: "asset-0", message: "Choose which one it is, or that it is not here" }]);
    take(shown!.near.find(({ facility }) => facility.facility_id === chosen));
    void onward();
  });
}

export async function enter(): Promise<void> {
  clearErrors(section);
  shown = await search();
  if (!shown) {
    changeDraft({ asset_for: about() });
    return goInstead(await stepAfter("asset"));
  }
  byId("asset-hint").textContent = `${shown.label}: the nearest to your place come first.`;
  box.replaceChildren(...shown.near.map(item), element("p", { class: "govuk-radios__divider" }, "or"), radio(MOST, NONE, "It is not here", ""));
  const { asset_for } = currentDraft();
  const before = assetOf(currentDraft())?.asset_id ?? (asset_for === about() ? NONE : "");
  for (const each of radios()) each.checked = each.value === before;
  map.redraw();
}

/** Whether there is something to choose from that was not shown before. */
export async function isWorthAsking(): Promise<boolean> {
  return currentDraft().asset_for !== about() && (await search()) !== null;
}

/** The report is then about that one, where it is; what was said of the place stays. */
function take(near: Near | undefined): void {
  const { service_code } = currentDraft();
  if (near) {
    const { facility_id, name, lat, long } = near.facility;
    changeDraft({ lat, long, asset: { asset_id: facility_id, name, service_code } });
  } else {
    changeDraft({ asset: null });
  }
  // Coming back shows what there was to choose from, though the pin has moved.
  found = { about: about(), choice: Promise.resolve(shown) };
  changeDraft({ asset_for: about() });
}

/** What there is to choose from; whoever asks early begins to load it. No failure stops anybody. */
export function lookAhead(): Promise<Choice | null> {
  if (found?.about !== about()) found = { about: about(), choice: fetchChoice().catch(() => null) };
  return found.choice;
}

const search = () => inTime(lookAhead());

async function fetchChoice(): Promise<Choice | null> {
  const draft = currentDraft();
  const from = placeOf(draft);
  if (!from) return null;
  const kinds = (await loadKinds()).filter(({ service_code }) => service_code === draft.service_code);
  const each = await Promise.all(kinds.map(({ kind }) => loadFacilities(kind)));
  const near = each.flatMap((facilities) => (facilities ? nearestOf(facilities, from, MOST) : []));
  const close = near.filter(({ distance_m }) => distance_m <= WITHIN_M).sort((one, other) => one.distance_m - other.distance_m);
  return close.length ? { from, label: kinds.map(({ plural }) => plural).join(", "), near: close.slice(0, MOST) } : null;
}

/** Nobody waits for longer than that. */
function inTime(wanted: Promise<Choice | null>): Promise<Choice | null> {
  const late = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MS, null));
  return Promise.race([wanted, late]);
}

function item({ facility, distance_m }: Near, index: number): HTMLElement {
  const { facility_id, name, address } = facility;
  return radio(index, facility_id, `${index + 1}. ${name}`, [distanceText(distance_m), address].filter(Boolean).join(", "));
}

function radio(index: number, value: string, text: string, hint: string): HTMLElement {
  const id = `asset-${index}`;
  const described: Record<string, string> = hint ? { "aria-describedby": `${id}-hint` } : {};
  const input = element("input", { class: "govuk-radios__input", id, type: "radio", name: "asset", value, ...described });
  const label = element("label", { class: "govuk-label govuk-radios__label", for: id }, text);
  const hints = hint ? [element("div", { class: "govuk-hint govuk-radios__hint", id: `${id}-hint` }, hint)] : [];
  return element("div", { class: "govuk-radios__item" }, input, label, ...hints);
}

const radios = () => [...box.querySelectorAll<HTMLInputElement>("input")];
