/** Checks whether the place of a report is outside the council's area. */
import { loadCouncil } from "../../shared/council.ts";
import { outsideText } from "../../shared/places/outside.ts";
import { isOutsideWards } from "../../shared/places/wards.ts";
import type { Place } from "../../shared/reports.ts";

/** The error message for a place outside the council's area, or null if it is inside or unknown. */
export async function outsideProblem(place: Place): Promise<string | null> {
  const council = await loadCouncil().catch(() => null);
  return council && (await isOutsideWards(place, council)) ? outsideText(council, place) : null;
}
