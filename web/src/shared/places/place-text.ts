import type { Place } from "../reports.ts";
import { say } from "../say.ts";

/** A place's coordinates in words, exact to about a metre. */
export function placeText({ lat, long }: Place): string {
  const northSouth = `${Math.abs(lat).toFixed(5)}° ${lat < 0 ? say("south") : say("north")}`;
  return `${northSouth}, ${Math.abs(long).toFixed(5)}° ${long < 0 ? say("west") : say("east")}`;
}
