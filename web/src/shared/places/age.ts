/** The notice above a saved copy of a document. */
import type { Council } from "../council.ts";
import { momentText } from "../dates.ts";
import type { Keeping } from "./kept.ts";

/** Empty if the document has just been fetched. */
export function ageText({ isOld, at }: Keeping<unknown>, { time_zone }: Council): string {
  return isOld ? `You are offline, or the service is not available. Last updated ${momentText(at, time_zone)}.` : "";
}
