/** A report about one of the council's assets, started from the asset's own page. */
import { findFacility } from "../../shared/places/facilities.ts";
import { draftSubject, assetOf, changeDraft, currentDraft, movePin } from "./draft.ts";
import { stepAfter } from "./flow.ts";
import type { StepName } from "./step-order.ts";

/** Fills in the linked asset and returns the next step. A draft about something else is not changed. */
export async function startFromAsset(id: string): Promise<StepName> {
  const found = await findFacility(id);
  const service_code = found?.of.service_code;
  if (!found || !service_code) return "where";
  if (assetOf(currentDraft())?.asset_id !== id) {
    if (hasOtherContent(service_code)) return "begun";
    const { facility_id, name, address = "" } = found.facility;
    movePin(found.facility, name, address);
    changeDraft({ service_code, asset: { asset_id: facility_id, name, service_code } });
    changeDraft({ asset_for: draftSubject() });
  }
  return stepAfter("asset");
}

/** Whether the draft has content that would be wrong for another asset. */
function hasOtherContent(about: string): boolean {
  const { description, title, photos, attributes, address, suggested_address, service_code } = currentDraft();
  const isWritten = Boolean(description.trim() || title.trim() || address !== suggested_address);
  return (
    isWritten ||
    photos.length > 0 ||
    Object.keys(attributes).length > 0 ||
    (service_code !== "" && service_code !== about)
  );
}
