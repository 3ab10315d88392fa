/** The step that asks which asset it is, such as a street light: the nearest in a list, and on a map. */
import { byId, element } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { distanceText, type NearFacility } from "../../shared/places/facilities.ts";
import { MapOnRequest } from "../../shared/places/show-map.ts";
import { type Choice, MOST, search, take } from "./asset-search.ts";
import { about, assetOf, changeDraft, currentDraft } from "./draft.ts";
import { stepAfter } from "./flow.ts";
import { goInstead, sectionOf } from "./steps.ts";
import { say } from "../../shared/say.ts";

const NONE = "none";

const section = sectionOf("asset");
const box = byId("assets");
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
  box.addEventListener("change", () => map.highlight(radios().findIndex(({ checked }) => checked)));
  section.querySelector("form")!.addEventListener("submit", () => {
    clearErrors(section);
    const chosen = radios().find(({ checked }) => checked)?.value;
    if (!chosen)
      return showErrors(section, [
        { field: "asset-0", message: say("Choose which one it is, or choose 'It is not in this list'") },
      ]);
    take(
      shown!.near.find(({ facility }) => facility.facility_id === chosen),
      shown!,
    );
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
  byId("asset-hint").textContent = say("{kind}, nearest to your location first.", { kind: shown.label });
  box.replaceChildren(
    ...shown.near.map(item),
    element("p", { class: "govuk-radios__divider" }, say("or")),
    radio(MOST, NONE, say("It is not in this list"), ""),
  );
  const { asset_for } = currentDraft();
  const before = assetOf(currentDraft())?.asset_id ?? (asset_for === about() ? NONE : "");
  for (const each of radios()) each.checked = each.value === before;
  map.redraw();
}

function item({ facility, distance_m }: NearFacility, index: number): HTMLElement {
  const { facility_id, name, address } = facility;
  return radio(
    index,
    facility_id,
    `${index + 1}. ${name}`,
    [distanceText(distance_m), address].filter(Boolean).join(", "),
  );
}

function radio(index: number, value: string, text: string, hint: string): HTMLElement {
  const id = `asset-${index}`;
  const described: Record<string, string> = hint ? { "aria-describedby": `${id}-hint` } : {};
  const input = element("input", {
    class: "govuk-radios__input",
    id,
    type: "radio",
    name: "asset",
    value,
    ...described,
  });
  const label = element("label", { class: "govuk-label govuk-radios__label", for: id }, text);
  const hints = hint ? [element("div", { class: "govuk-hint govuk-radios__hint", id: `${id}-hint` }, hint)] : [];
  return element("div", { class: "govuk-radios__item" }, input, label, ...hints);
}

const radios = () => [...box.querySelectorAll<HTMLInputElement>("input")];
