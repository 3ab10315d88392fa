/** Finds places that match a text, best first: the twin of chalicelib/gazetteer's search. */
import type { Place } from "../reports.ts";
import { spellingCost, matchesTyped, shortOf, wordsOf } from "./words.ts";

export interface KnownPlace extends Place {
  label: string;
  kind: "place" | "street" | "road" | "landmark" | "facility" | "postcode";
}

/** Published postcodes by sector (the postcode without its last two letters), in display order. */
export interface Postcodes {
  sectors: Record<string, [unit: string, lat: number, long: number][]>;
}

/** A place ready to be compared. */
export interface IndexedPlace {
  place: KnownPlace;
  words: string[];
  /** The words of the whole label in their short forms, and of the part before its comma. */
  short: string;
  shortName: string;
}

interface RankedPlace {
  place: KnownPlace;
  rank: number;
}

/** How well a place matches the words, the lower the better; null if it does not. */
type Rank = (place: IndexedPlace, wanted: string[]) => number | null;

const MOST = 20;
const MOST_WORDS = 8;
const MOST_PARTS = 5;
const LONGEST = 100;
/** In degrees: a facility this near a landmark of its name is the landmark, such as a park. */
const SAME_PLACE = 0.005;
const KINDS = ["place", "street", "road", "landmark", "facility", "postcode"];
const [EXACT, PREFIX, WORDS, PART, MISSPELT] = [0, 1, 2, 3, 4] as const;
const FLAT = "(?:(?:flat|apartment|apt)\\.? *[0-9a-z]+[ ,]+)?";
const NUMBER = "(?:(?:no|number)\\b\\.? *)?([0-9]+[a-z]?(?: ?[-–/] ?[0-9]+[a-z]?)?)";
const NUMBER_BEFORE = new RegExp(`^${FLAT}${NUMBER}[ ,]+(?=[^ ,])`, "i");
const NUMBER_AFTER = new RegExp(`^([^,]*[^ ,])[ ,]+${NUMBER} *(?=,|$)`, "i");
const SPACED_ROAD = /\b([abm]) (?=[0-9]{1,4}\b)/gi;
const POSTCODE = /^(?=.*[0-9])[a-z][a-z0-9]{1,6}$/;
const WITH_POSTCODE = /^(.*[^ ,])[ ,]+([a-z]{1,2}[0-9][a-z0-9]? ?[0-9][a-z]{2})$/i;

const joinWords = (words: string[]) => words.join(" ");
const shortForm = (words: string[]) => joinWords(words.map(shortOf));
const nameOf = ({ label }: KnownPlace) => label.split(",")[0]!;
const collapseSpaces = (text: string) => text.trim().replace(/\s+/g, " ");

export function indexPlace(place: KnownPlace): IndexedPlace {
  const words = wordsOf(place.label);
  return { place, words, short: shortForm(words), shortName: shortForm(wordsOf(nameOf(place))) };
}

/** The house number typed before or after a street, or an empty string. */
export function houseNumberOf(typed: string): string {
  const text = collapseSpaces(typed);
  return NUMBER_BEFORE.exec(text)?.[1] ?? NUMBER_AFTER.exec(text)?.[2] ?? "";
}

/** Whether a house number may be part of an address with this name. */
export const hasHouses = ({ kind }: KnownPlace) => kind === "street" || kind === "place";

export const mayHavePostcode = (typed: string) =>
  POSTCODE.test(wordsOf(typed).join("")) || WITH_POSTCODE.test(collapseSpaces(typed));

export function findMatches(typed: string, places: IndexedPlace[], postcodes: Postcodes | null): KnownPlace[] {
  const text = collapseSpaces(typed).split(",").slice(0, MOST_PARTS).join(",");
  const [, rest, code] = WITH_POSTCODE.exec(text) ?? [];
  const [postcode] = code ? findPostcodes(code.replace(" ", "").toLowerCase(), postcodes) : [];
  if (postcode?.rank === EXACT) return sortAround(postcode.place, findMatches(rest!, places, postcodes));
  const found = searchOnce(text, places, postcodes);
  const comma = text.lastIndexOf(",");
  return found.length || comma < 0 ? found : findMatches(text.slice(0, comma), places, postcodes);
}

/** The found places, streets first and the nearest to the postcode first, and the postcode itself. */
function sortAround(postcode: KnownPlace, found: KnownPlace[]): KnownPlace[] {
  const off = ({ lat, long }: KnownPlace) => (lat - postcode.lat) ** 2 + (long - postcode.long) ** 2;
  const near = found
    .filter(({ kind }) => kind !== "postcode")
    .sort((one, other) => Number(hasHouses(other)) - Number(hasHouses(one)) || off(one) - off(other));
  return [...near, postcode].slice(0, MOST);
}

function searchOnce(text: string, places: IndexedPlace[], postcodes: Postcodes | null): KnownPlace[] {
  const typed = text.replace(NUMBER_BEFORE, "").replace(SPACED_ROAD, "$1");
  const wanted = wordsOf(typed).slice(0, MOST_WORDS);
  const street = wordsOf(typed.replace(NUMBER_AFTER, "$1")).slice(0, MOST_WORDS);
  if (wanted.length === 0 || joinWords(wanted).length > LONGEST) return [];
  const either = (rank: Rank) => rankPlaces(places, (place) => bestRank(rank(place, wanted), place, street, rank));
  const found = [...findPostcodes(wanted.join(""), postcodes), ...either(rankOf)];
  return withoutLandmarkFacilities(
    (found.length ? found : either(misspeltRank)).sort(compareRanked).map(({ place }) => place),
  ).slice(0, MOST);
}

/** Streets and places also match without the house number that comes after them. */
function bestRank(rank: number | null, known: IndexedPlace, street: string[], rankAs: Rank): number | null {
  const other = hasHouses(known.place) ? rankAs(known, street) : null;
  return rank === null || other === null ? (rank ?? other) : Math.min(rank, other);
}

/** Leaves out the facilities that are also landmarks. */
function withoutLandmarkFacilities(places: KnownPlace[]): KnownPlace[] {
  const best = places.slice(0, 2 * MOST);
  const landmarks = best.filter(({ kind }) => kind === "landmark");
  return best.filter((place) => place.kind !== "facility" || !landmarks.some((each) => isSamePlace(place, each)));
}

const isSamePlace = (facility: KnownPlace, landmark: KnownPlace) =>
  nameOf(facility) === nameOf(landmark) &&
  Math.abs(facility.lat - landmark.lat) < SAME_PLACE &&
  Math.abs(facility.long - landmark.long) < SAME_PLACE;

function rankPlaces(places: IndexedPlace[], rank: (place: IndexedPlace) => number | null): RankedPlace[] {
  return places.flatMap((each) => {
    const found = rank(each);
    return found === null ? [] : [{ place: each.place, rank: found }];
  });
}

function compareRanked({ place: one, rank }: RankedPlace, { place: other, rank: otherRank }: RankedPlace): number {
  const labels = one.label < other.label ? -1 : Number(one.label > other.label);
  return (
    rank - otherRank ||
    KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) ||
    one.label.length - other.label.length ||
    labels
  );
}

function rankOf({ place, words, short, shortName }: IndexedPlace, wanted: string[]): number | null {
  const wantedShort = shortForm(wanted);
  if (wantedShort === short || wantedShort === shortName) return EXACT;
  // The beginning of a facility's name counts no more than its other words: many are named after streets.
  if (place.kind !== "facility" && beginsWith(words, wanted)) return PREFIX;
  if (wanted.every((typed) => words.some((word) => matchesTyped(word, typed)))) return WORDS;
  return joinWords(words).includes(joinWords(wanted)) ? PART : null;
}

function beginsWith(words: string[], wanted: string[]): boolean {
  const last = wanted.length - 1;
  return (
    last < words.length &&
    matchesTyped(words[last]!, wanted[last]!) &&
    wanted.slice(0, last).every((typed, at) => shortOf(typed) === shortOf(words[at]!))
  );
}

function misspeltRank({ words }: IndexedPlace, wanted: string[]): number | null {
  let sum = 0;
  for (const typed of wanted) {
    const costs = words.map((word) => spellingCost(word, typed)).filter((cost) => cost !== null);
    if (costs.length === 0) return null;
    sum += Math.min(...costs);
  }
  return MISSPELT + sum;
}

/** Replaces letters that people confuse with digits. */
const normalisePostcode = (text: string) =>
  text.replaceAll(" ", "").toLowerCase().replaceAll("o", "0").replace(/[il]/g, "1");

function findPostcodes(compact: string, postcodes: Postcodes | null): RankedPlace[] {
  if (!postcodes || !POSTCODE.test(compact)) return [];
  const wanted = normalisePostcode(compact);
  const found: RankedPlace[] = [];
  for (const [sector, units] of Object.entries(postcodes.sectors)) {
    const start = normalisePostcode(sector);
    if (!start.startsWith(wanted) && !wanted.startsWith(start)) continue;
    for (const [unit, lat, long] of units) {
      const whole = start + normalisePostcode(unit);
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
