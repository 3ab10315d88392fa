/** The council's streets, places, facilities and postcodes, loaded for the first search, with a copy for use offline. */
import { loadCouncil } from "../council.ts";
import { loadDocument } from "./cached-documents.ts";
import {
  hasHouses,
  houseNumberOf,
  type IndexedPlace,
  indexPlace,
  type KnownPlace,
  mayHavePostcode,
  type Postcodes,
  findMatches,
} from "./search.ts";

/** The label and place of each facility that people search by its name, by kind. */
interface FacilityNames {
  kinds: Record<string, [label: string, lat: number, long: number][]>;
}

let places: Promise<IndexedPlace[]> | undefined;
let postcodes: Promise<Postcodes | null> | undefined;

/** Loads them once. After a failure, the next call tries again. */
export function loadPlaces(): Promise<IndexedPlace[]> {
  places ??= fetchPlaces().catch((error) => {
    places = undefined;
    throw error;
  });
  return places;
}

async function fetchPlaces(): Promise<IndexedPlace[]> {
  const { places: url } = await loadCouncil();
  const [document, facilities] = await Promise.all([
    url ? loadDocument<{ items: KnownPlace[] }>(url) : null,
    fetchFacilities().catch(() => []),
  ]);
  if (!document) throw new Error("The list of places is missing");
  return [...document.items, ...facilities].map(indexPlace);
}

async function fetchFacilities(): Promise<KnownPlace[]> {
  const { facility_names: url } = await loadCouncil();
  const document = url ? await loadDocument<FacilityNames>(url) : null;
  const named = Object.values(document?.kinds ?? {}).flat();
  return named.map(([label, lat, long]) => ({ label, kind: "facility", lat, long }));
}

/** Null if the council has published none, or they cannot be loaded. */
function loadPostcodes(): Promise<Postcodes | null> {
  postcodes ??= fetchPostcodes().catch(() => {
    postcodes = undefined;
    return null;
  });
  return postcodes;
}

async function fetchPostcodes(): Promise<Postcodes | null> {
  const { postcodes: url } = await loadCouncil();
  return url ? loadDocument<Postcodes>(url) : null;
}

/** A place that was found. `words` are for an address: a street with the typed house number, or another name. */
export interface FoundPlace extends KnownPlace {
  words: string;
}

/** The matching places, best first. */
export async function searchPlaces(typed: string): Promise<FoundPlace[]> {
  const known = await loadPlaces();
  const codes = mayHavePostcode(typed) ? await loadPostcodes() : null;
  const number = houseNumberOf(typed);
  return findMatches(typed, known, codes).map((place) => ({ ...place, words: addressOf(place, number) }));
}

function addressOf(place: KnownPlace, number: string): string {
  if (place.kind === "postcode") return "";
  return number && hasHouses(place) ? `${number} ${place.label}` : place.label;
}
