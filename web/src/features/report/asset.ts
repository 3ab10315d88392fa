/** The step that asks which asset it is, such as a street light: the nearest in a list, and on a map. */
import { byId, element } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { distanceText, type NearFacility } from "../../shared/places/facilities.ts";
import { MapOnRequest } from "../../shared/places/show-map.ts";
import { type AssetChoice, MOST, findAssets, chooseAsset } from "./asset-search.ts";
import { draftSubject, assetOf, changeDraft, currentDraft } from "./draft.ts";
import { stepAfter } from "./flow.ts";
import { replaceStep, sectionOf } from "./steps.ts";
import { say } from "../../shared/say.ts";

const NONE = "none";

const section = sectionOf("asset");
const box = byId("assets");
let choice: AssetChoice | null = null;

const map = new MapOnRequest(
  "assets-on-map",
  "asset-map",
  () => ({ marks: choice?.near.map(({ facility }) => facility) ?? [], here: choice?.from ?? null }),
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
    chooseAsset(
      choice!.near.find(({ facility }) => facility.facility_id === chosen),
      choice!,
    );
    void onward();
  });
}

export async function enter(): Promise<void> {
  clearErrors(section);
  choice = await findAssets();
  if (!choice) {
    changeDraft({ asset_for: draftSubject() });
    return replaceStep(await stepAfter("asset"));
  }
  byId("asset-hint").textContent = say("{kind}, nearest to your location first.", { kind: choice.label });
  box.replaceChildren(
    ...choice.near.map(assetItem),
    element("p", { class: "govuk-radios__divider" }, say("or")),
    radio(MOST, NONE, say("It is not in this list"), ""),
  );
  const { asset_for } = currentDraft();
  const before = assetOf(currentDraft())?.asset_id ?? (asset_for === draftSubject() ? NONE : "");
  for (const each of radios()) each.checked = each.value === before;
  map.redraw();
}

function assetItem({ facility, distance_m }: NearFacility, index: number): HTMLElement {
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
