/** The step that asks for the ward; the ward of My area is preselected. */
import { getJson } from "../../shared/api.ts";
import { loadCouncil } from "../../shared/council.ts";
import { byId, element } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { myArea } from "../../shared/places/my-area.ts";
import { changeDraft, currentDraft } from "./draft.ts";
import { goTo, sectionOf } from "./steps.ts";
import { say } from "../../shared/say.ts";

const section = sectionOf("ward");
const ward = byId<HTMLSelectElement>("topic-ward_code");

ward.addEventListener("change", storeWard);
section.querySelector("form")!.addEventListener("submit", () => {
  clearErrors(section);
  if (ward.value) goTo("when");
  else showErrors(section, [{ field: "topic.ward_code", message: say("Choose a ward") }]);
});

export async function enter(): Promise<void> {
  const wards = await loadWards();
  ward.replaceChildren(
    element("option", { value: "" }, say("Choose a ward")),
    ...wards.map(({ code, name }) => element("option", { value: code }, name)),
  );
  const { ward_code } = currentDraft();
  const own = wards.find(({ name }) => name === myArea.read()?.ward)?.code ?? "";
  ward.value = wards.some(({ code }) => code === ward_code) ? ward_code : own;
  if (wards.length && (ward.value !== ward_code || !currentDraft().ward_name)) storeWard();
  if (!wards.length)
    showErrors(section, [
      {
        field: "",
        message: say(
          "We could not load the list of wards. Check your connection and try again, or go back and choose a location instead",
        ),
      },
    ]);
}

function storeWard(): void {
  changeDraft({ ward_code: ward.value, ward_name: ward.value ? ward.selectedOptions[0]!.text : "" });
}

/** Empty if none are published, or they cannot be loaded. */
async function loadWards(): Promise<{ code: string; name: string }[]> {
  const { wards: url } = await loadCouncil().catch(() => ({ wards: undefined }));
  const found = url ? await getJson<{ items: { code: string; name: string }[] }>(url).catch(() => null) : null;
  return [...(found?.items ?? [])].sort((one, other) => one.name.localeCompare(other.name));
}
