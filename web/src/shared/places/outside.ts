/** What to say of a place that is not the council's. */
import type { Council } from "../council.ts";
import { isInRing } from "../geo/polygon.ts";
import type { Place } from "../reports.ts";

/** Names the neighbour that has the place, as far as it is known. */
export function outsideText({ name, neighbours }: Council, place: Place): string {
  const neighbour = neighbours?.find(({ polygons }) => polygons.some((ring) => isInRing(place, ring)));
  const ways = [neighbour?.phone, neighbour?.url].filter(Boolean).join(" or ");
  const whose = neighbour
    ? `It looks like the area of ${neighbour.name}${ways && ` (${ways})`}`
    : "Choose another place, or find its council at www.gov.uk/find-local-council";
  return `That place is outside the area of ${name}. ${whose}`;
}
