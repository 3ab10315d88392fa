/** Whose the place of the report is, where it is not the council's. */
import { loadCouncil } from "../../shared/council.ts";
import { outsideText } from "../../shared/places/outside.ts";
import { isOutsideWards } from "../../shared/places/wards.ts";
import type { Place } from "../../shared/reports.ts";

/** What to say of the place, or null where it is the council's as far as that is known. */
export async function outsideProblem(place: Place): Promise<string | null> {
  const council = await loadCouncil().catch(() => null);
  return council && (await isOutsideWards(place, council)) ? outsideText(council, place) : null;
}
