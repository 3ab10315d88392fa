/** The error message for a place outside the council's area. */
import type { Council, Neighbour } from "../council.ts";
import { isInRing } from "../geo/polygon.ts";
import type { Place } from "../reports.ts";
import { say } from "../say.ts";

/** Names the neighbouring council, if it is known. */
export function outsideText({ name, neighbours }: Council, place: Place): string {
  const neighbour = neighbours?.find(({ polygons }) => polygons.some((ring) => isInRing(place, ring)));
  const whose = neighbour
    ? neighbourText(neighbour)
    : say("Choose another location, or find the right council at https://www.gov.uk/find-local-council");
  return say("This location is outside {council}. {whose}", { council: name, whose });
}

function neighbourText({ name, phone, url }: Neighbour): string {
  const ways = phone && url ? say("{phone} or {url}", { phone, url }) : (phone ?? url);
  return ways ? say("It looks like {name}'s: {ways}", { name, ways }) : say("It looks like {name}'s", { name });
}
