/** The council's streets, places and postcodes, loaded for the first search, with a copy for use offline. */
import { loadCouncil } from "../council.ts";
import { keptDocument } from "./cached-documents.ts";
import {
  houseNumberOf,
  type Known,
  known,
  type KnownPlace,
  looksLikePostcode,
  type Postcodes,
  search,
} from "./search.ts";

let places: Promise<Known[]> | undefined;
let postcodes: Promise<Postcodes | null> | undefined;

/** Loads them once. After a failure, the next call tries again. */
export function loadPlaces(): Promise<Known[]> {
  places ??= fetchPlaces().catch((error) => {
    places = undefined;
    throw error;
  });
  return places;
}

async function fetchPlaces(): Promise<Known[]> {
  const { places: url } = await loadCouncil();
  const document = url ? await keptDocument<{ items: KnownPlace[] }>(url) : null;
  if (!document) throw new Error("The list of places is missing");
  return document.value.items.map(known);
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
  const document = url ? await keptDocument<Postcodes>(url) : null;
  return document?.value ?? null;
}

/** The matching places, best first, and the house number typed before the street. */
export async function searchPlaces(typed: string): Promise<{ found: KnownPlace[]; number: string }> {
  const known = await loadPlaces();
  const codes = looksLikePostcode(typed) ? await loadPostcodes() : null;
  return { found: search(typed, known, codes), number: houseNumberOf(typed) };
}
