/** The choices that match typed text, and what is taken when none was chosen. Loaded with the places. */
import { say, sayMany } from "../say.ts";
import type { FoundPlace } from "./places.ts";

const MOST = 8;

export const shownPlaces = (found: FoundPlace[]): FoundPlace[] => found.slice(0, MOST);

export function countText(count: number): string {
  if (count === 0) return say("No matching street or place. Check the spelling, or choose another way.");
  if (count > MOST) return say("Showing the best {most} matches. Keep typing to narrow them down.", { most: MOST });
  return sayMany(count, "1 match", "{count} matches");
}

/** Chooses the only match and returns null. Otherwise it offers the matches, and returns why the page cannot go on. */
export async function takeTyped(
  typed: string,
  choose: (found: FoundPlace) => Promise<void>,
  offer: (found: FoundPlace[], text: string) => void,
): Promise<string | null> {
  const found = await import("./places.ts").then(({ searchPlaces }) => searchPlaces(typed)).catch(() => null);
  if (!found) return say("We could not load the list of streets. Check your connection, or clear the search");
  if (found.length === 0) return say("No street or place matches. Check the spelling, or clear the search");
  if (found.length === 1) {
    await choose(found[0]!);
    return null;
  }
  offer(shownPlaces(found), countText(found.length));
  return say("Choose a street or place from the list, or clear the search");
}
