/** A report about one of the council's things, begun from its own page. */
import { findFacility } from "../../shared/places/facilities.ts";
import { about, changeDraft, movePin } from "./draft.ts";
import { stepAfter } from "./flow.ts";

/** Fills in what the link says; answers the hash of the step that comes then. What was written stays. */
export async function takeLinked(id: string): Promise<string> {
  const found = await findFacility(id);
  const service_code = found?.of.value.service_code;
  if (!found || !service_code) return "";
  const { facility_id, name, address = "" } = found.facility;
  movePin(found.facility, name, address);
  changeDraft({ service_code, asset: { asset_id: facility_id, name, service_code } });
  changeDraft({ asset_for: about() });
  return `#${await stepAfter("asset")}`;
}
