/** The notice above a saved copy of a document. */
import type { Council } from "../council.ts";
import { momentText } from "../dates.ts";
import type { Keeping } from "./cached-documents.ts";

/** Empty if the document has just been fetched. */
export function ageText({ isOld, at }: Keeping<unknown>, { time_zone }: Council): string {
  return isOld ? `We could not reach the service. Last updated ${momentText(at, time_zone)}.` : "";
}
