/** The error message for a place outside the council's area. */
import type { Council } from "../council.ts";
import { isInRing } from "../geo/polygon.ts";
import type { Place } from "../reports.ts";

/** Names the neighbouring council, if it is known. */
export function outsideText({ name, neighbours }: Council, place: Place): string {
  const neighbour = neighbours?.find(({ polygons }) => polygons.some((ring) => isInRing(place, ring)));
  const ways = [neighbour?.phone, neighbour?.url].filter(Boolean).join(" or ");
  const whose = neighbour
    ? `It looks like ${neighbour.name}'s${ways && `: ${ways}`}`
    : "Choose another location, or find the right council at https://www.gov.uk/find-local-council";
  return `This location is outside ${name}. ${whose}`;
}
