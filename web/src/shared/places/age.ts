/** What to say of a document that the phone has kept. */
import type { Council } from "../council.ts";
import { momentText } from "../dates.ts";
import type { Keeping } from "./kept.ts";

/** Nothing where it has just been fetched. */
export function ageText({ isOld, at }: Keeping<unknown>, { time_zone }: Council): string {
  return isOld ? `We could not reach the service. This is what this phone knew on ${momentText(at, time_zone)}.` : "";
}
