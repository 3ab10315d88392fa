/** The area of a disruption: everywhere, a ward, or a circle. */
import { choiceItems, checkedValues } from "../../shared/choices.ts";
import type { FieldError } from "../../shared/api.ts";
import type { Area } from "../../shared/disruptions.ts";
import { byId, element, focusOn, show } from "../../shared/dom.ts";
import { AskPlace } from "../../shared/places/ask-place.ts";
import { placeText } from "../../shared/places/place-text.ts";
import type { Place } from "../../shared/reports.ts";

type AreaKind = "all" | "ward" | "circle";

const RADII_M = [250, 500, 1000, 2000, 5000];
const EVERYWHERE: Area = { lat: null, long: null, radius_m: null, ward_code: null };
const form = byId<HTMLFormElement>("disruption-form");
const areaChoices = byId("wheres");
const ward = byId<HTMLSelectElement>("area-ward_code");
const radius = byId<HTMLSelectElement>("area-radius_m");
const words = byId("place-words");
let place: Place | null = null;
let hasWards = false;

const askPlace = new AskPlace(form, choosePlace, () => place);
areaChoices.addEventListener("change", showFields);

export function offerWards(wards: { code: string; name: string }[]): void {
  hasWards = wards.length > 0;
  ward.replaceChildren(
    element("option", { value: "" }, "Choose a ward"),
    ...wards.map(({ code, name }) => element("option", { value: code }, name)),
  );
}

export function fillArea(area: Area = EVERYWHERE): void {
  const { lat, long, radius_m, ward_code } = area;
  const where: AreaKind = ward_code ? "ward" : radius_m ? "circle" : "all";
  const choices: [string, string][] = [
    ["all", "Anywhere in the council’s area"],
    ...(hasWards ? [["ward", "In a ward"] as [string, string]] : []),
    ["circle", "Near a location"],
  ];
  areaChoices.replaceChildren(...choiceItems("radio", "area", choices, [where]));
  ward.value = ward_code ?? "";
  const radii = [...new Set([...RADII_M, radius_m ?? 500])].sort((one, other) => one - other);
  radius.replaceChildren(
    ...radii.map((each) => element("option", { value: String(each) }, each < 1000 ? `${each} m` : `${each / 1000} km`)),
  );
  radius.value = String(radius_m ?? 500);
  place = lat === null || long === null ? null : { lat, long };
  words.textContent = place ? placeText(place) : "";
  showFields();
}

/** Takes a place that is typed but not chosen; false if the page asks which one is meant. */
export const takeTypedPlace = async (): Promise<boolean> =>
  checkedValues(areaChoices)[0] !== "circle" || (await askPlace.takeTyped());

/** The chosen area, or the error. */
export function chosenArea(): Area | FieldError {
  const where = checkedValues(areaChoices)[0] as AreaKind;
  if (where === "all") return EVERYWHERE;
  if (where === "ward")
    return ward.value
      ? { ...EVERYWHERE, ward_code: ward.value }
      : { field: "area.ward_code", message: "Choose a ward" };
  return place
    ? { ...EVERYWHERE, ...place, radius_m: Number(radius.value) }
    : { field: "place-search", message: "Choose a location" };
}

function choosePlace(chosen: Place, label: string): void {
  place = chosen;
  words.textContent = [label, placeText(chosen)].filter(Boolean).join("\n");
  showFields();
  focusOn(words);
}

function showFields(): void {
  const where = checkedValues(areaChoices)[0] as AreaKind;
  show(byId("ward-group"), where === "ward");
  show(byId("circle-group"), where === "circle");
  show(words, place !== null);
}
