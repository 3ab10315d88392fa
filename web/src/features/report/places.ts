/** The council's streets, places and postcodes, and which of them fit what somebody types. */
import { getJson } from "../../shared/api.ts";
import { loadCouncil } from "../../shared/council.ts";
import type { Place } from "../../shared/reports.ts";

export interface KnownPlace extends Place {
  label: string;
  kind: "street" | "place" | "postcode";
}

interface Fit {
  place: KnownPlace;
  rank: number;
}

const NO_FIT = 3;
let places: Promise<KnownPlace[]> | undefined;

/** Asks once; a failure is forgotten, so that the next call asks again. */
export function loadPlaces(): Promise<KnownPlace[]> {
  places ??= fetchPlaces().catch((error) => {
    places = undefined;
    throw error;
  });
  return places;
}

async function fetchPlaces(): Promise<KnownPlace[]> {
  const url = (await loadCouncil()).places;
  const document = url ? await getJson<{ items: KnownPlace[] }>(url) : null;
  if (!document) throw new Error("The list of places is missing");
  return document.items;
}

/** Best first, and the house number that was typed before the street. */
export async function searchPlaces(typed: string): Promise<{ found: KnownPlace[]; number: string }> {
  const [, number = "", name = ""] = /^\s*(?:(\d+[a-z]?)[\s,]+)?(.*)$/i.exec(typed)!;
  const wanted = plain(name);
  const fits: Fit[] = (await loadPlaces()).map((place) => ({ place, rank: rankOf(place, wanted) }));
  const found = fits.filter(({ rank }) => rank < NO_FIT).sort((one, other) => one.rank - other.rank);
  return { found: found.map(({ place }) => place), number };
}

const plain = (text: string) => text.toLowerCase().replace(/['’.,-]/g, "").replace(/\s+/g, " ").trim();

/** 0: the label begins so; 1: one of its words does; 2: it is somewhere in it. Postcodes are written with and without a space. */
function rankOf({ label, kind }: KnownPlace, wanted: string): number {
  const text = plain(label);
  if (kind === "postcode") return text.replace(" ", "").startsWith(wanted.replace(" ", "")) ? 0 : NO_FIT;
  if (text.startsWith(wanted)) return 0;
  if (text.includes(` ${wanted}`)) return 1;
  return text.includes(wanted) ? 2 : NO_FIT;
}
