/** Finds places that match a text, best first: the twin of chalicelib/gazetteer's search. */
import type { Place } from "../reports.ts";
import { costOf, fits, shortOf, wordsOf } from "./words.ts";

export interface KnownPlace extends Place {
  label: string;
  kind: "street" | "place" | "postcode";
}

/** Published postcodes by sector (the postcode without its last two letters), in display order. */
export interface Postcodes {
  sectors: Record<string, [unit: string, lat: number, long: number][]>;
}

/** A place ready to be compared. */
export interface Known {
  place: KnownPlace;
  words: string[];
  /** The words of the whole label in their short forms, and of the part before its comma. */
  short: string;
  shortName: string;
}

interface Found {
  place: KnownPlace;
  rank: number;
}

const MOST = 20;
const MOST_WORDS = 8;
const LONGEST = 100;
const KINDS = ["place", "street", "postcode"];
const [EXACT, PREFIX, WORDS, PART, SPELT] = [0, 1, 2, 3, 4] as const;
const HOUSE_NUMBER = /^(\d+[a-z]?)[\s,]+(?=\S)/i;
const POSTCODE = /^(?=.*[0-9])[a-z][a-z0-9]{1,6}$/;

const joined = (words: string[]) => words.join(" ");
const shortened = (words: string[]) => joined(words.map(shortOf));

export function known(place: KnownPlace): Known {
  const words = wordsOf(place.label);
  return { place, words, short: shortened(words), shortName: shortened(wordsOf(place.label.split(",")[0]!)) };
}

/** The house number typed before a street, or an empty string. */
export const houseNumberOf = (typed: string) => HOUSE_NUMBER.exec(typed.trim())?.[1] ?? "";

export const looksLikePostcode = (typed: string) => POSTCODE.test(wordsOf(typed).join(""));

export function search(typed: string, places: Known[], postcodes: Postcodes | null): KnownPlace[] {
  const wanted = wordsOf(typed.trim().replace(HOUSE_NUMBER, ""));
  if (wanted.length === 0 || wanted.length > MOST_WORDS || joined(wanted).length > LONGEST) return [];
  const found = [...findPostcodes(wanted.join(""), postcodes), ...ranked(places, (place) => rankOf(place, wanted))];
  const all = found.length ? found : ranked(places, (place) => spelt(place, wanted));
  return all
    .sort(order)
    .slice(0, MOST)
    .map(({ place }) => place);
}

function ranked(places: Known[], rank: (place: Known) => number | null): Found[] {
  return places.flatMap((each) => {
    const found = rank(each);
    return found === null ? [] : [{ place: each.place, rank: found }];
  });
}

function order({ place: one, rank }: Found, { place: other, rank: otherRank }: Found): number {
  const labels = one.label < other.label ? -1 : Number(one.label > other.label);
  return (
    rank - otherRank ||
    KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) ||
    one.label.length - other.label.length ||
    labels
  );
}

function rankOf({ words, short, shortName }: Known, wanted: string[]): number | null {
  const wantedShort = shortened(wanted);
  if (wantedShort === short || wantedShort === shortName) return EXACT;
  if (beginsWith(words, wanted)) return PREFIX;
  if (wanted.every((typed) => words.some((word) => fits(word, typed)))) return WORDS;
  return joined(words).includes(joined(wanted)) ? PART : null;
}

function beginsWith(words: string[], wanted: string[]): boolean {
  const last = wanted.length - 1;
  return (
    last < words.length &&
    fits(words[last]!, wanted[last]!) &&
    wanted.slice(0, last).every((typed, at) => shortOf(typed) === shortOf(words[at]!))
  );
}

function spelt({ words }: Known, wanted: string[]): number | null {
  let sum = 0;
  for (const typed of wanted) {
    const costs = words.map((word) => costOf(word, typed)).filter((cost) => cost !== null);
    if (costs.length === 0) return null;
    sum += Math.min(...costs);
  }
  return SPELT + sum;
}

/** Replaces letters that people confuse with digits. */
const unmistaken = (text: string) => text.replaceAll(" ", "").toLowerCase().replaceAll("o", "0").replace(/[il]/g, "1");

function findPostcodes(compact: string, postcodes: Postcodes | null): Found[] {
  if (!postcodes || !POSTCODE.test(compact)) return [];
  const wanted = unmistaken(compact);
  const found: Found[] = [];
  for (const [sector, units] of Object.entries(postcodes.sectors)) {
    const start = unmistaken(sector);
    if (!start.startsWith(wanted) && !wanted.startsWith(start)) continue;
    for (const [unit, lat, long] of units) {
      const whole = start + unmistaken(unit);
      if (!whole.startsWith(wanted)) continue;
      found.push({
        place: { label: sector + unit, kind: "postcode", lat, long },
        rank: whole === wanted ? EXACT : PREFIX,
      });
      if (found.length === MOST) return found;
    }
  }
  return found;
}
