/** The council's streets, places and postcodes, and which of them fit what somebody types. */
import SHORT_FORMS from "../../../../chalicelib/gazetteer/short_forms.json";
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

const SHORT: Record<string, string | undefined> = SHORT_FORMS;
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
  const wanted = wordsOf(name);
  const fits: Fit[] = (await loadPlaces()).map((place) => ({ place, rank: rankOf(place, wanted) }));
  const found = fits.filter(({ rank }) => rank < NO_FIT).sort((one, other) => one.rank - other.rank);
  return { found: found.map(({ place }) => place), number };
}

/** The words of a text as they are compared: no case, accents, apostrophes or punctuation. */
function wordsOf(text: string): string[] {
  const plain = text.normalize("NFKD").replace(/\p{M}|['’‘`´]/gu, "").replaceAll("&", " and ").toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

const shortOf = (word: string) => SHORT[word] ?? word;

/** 0: the label begins so; 1: each word begins one of it; 2: it is somewhere in it. Postcodes are written with and without a space. */
function rankOf({ label, kind }: KnownPlace, wanted: string[]): number {
  const words = wordsOf(label);
  if (kind === "postcode") return words.join("").startsWith(wanted.join("")) ? 0 : NO_FIT;
  const begins = (word: string | undefined, typed: string) => word !== undefined && (word.startsWith(typed) || shortOf(word) === shortOf(typed));
  if (wanted.every((typed, at) => begins(words[at], typed))) return 0;
  if (wanted.every((typed) => words.some((word) => begins(word, typed)))) return 1;
  return words.join(" ").includes(wanted.join(" ")) ? 2 : NO_FIT;
}
