/** Finds services that match a text, best first: the twin of chalicelib/catalogue/service_search.py. */
import type { Service } from "../../shared/council.ts";
import { countMistakes, wordsOf } from "../../shared/places/words.ts";
import { say } from "../../shared/say.ts";

/** A word in the name counts more than a keyword, and a keyword more than a word in the description. */
const WEIGHTS = { name: 4, keywords: 3, description: 1 };
/** A whole word, the start of a word (which may still be being typed), and a word with a spelling mistake. */
const [WHOLE, START, MISSPELT] = [1, 0.5, 0.25] as const;
const SHORTEST_PREFIX = 3;
const STOP_WORDS = new Set(
  say(
    "a an and are at been by for from has have here i in is it its my near no not of on or our out outside that the there this to very was we with",
  ).split(" "),
);

type ScoreOf = (typed: string, stems: string[]) => number;
type Fields = Record<keyof typeof WEIGHTS, string[]>;

export function suggest(typed: string, services: Service[]): Service[] {
  const known = services.map((service) => ({ service, fields: fieldsOf(service), score: 0 }));
  const words = wordsOf(typed);
  const telling = words.filter((word) => !STOP_WORDS.has(word));
  for (const word of new Set((telling.length ? telling : words).map(stemOf))) {
    if (!addScores(known, word, prefixScore)) addScores(known, word, misspeltScore);
  }
  for (const pair of new Set(pairsOf(words).map(stemOf))) addScores(known, pair, wholeScore);
  return known
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .map(({ service }) => service);
}

/** Adds the word's score to each service, and says whether there was any. */
function addScores(known: { fields: Fields; score: number }[], word: string, fitOf: ScoreOf): boolean {
  let isFound = false;
  for (const each of known) {
    const { name, keywords, description } = each.fields;
    const score = Math.max(
      WEIGHTS.name * fitOf(word, name),
      WEIGHTS.keywords * fitOf(word, keywords),
      WEIGHTS.description * fitOf(word, description),
    );
    each.score += score;
    isFound ||= score > 0;
  }
  return isFound;
}

const wholeScore: ScoreOf = (word, stems) => (stems.includes(word) ? WHOLE : 0);

function prefixScore(word: string, stems: string[]): number {
  if (stems.includes(word)) return WHOLE;
  return word.length >= SHORTEST_PREFIX && stems.some((stem) => stem.startsWith(word)) ? START : 0;
}

const misspeltScore: ScoreOf = (word, stems) =>
  stems.some((stem) => countMistakes(stem, word) !== null) ? MISSPELT : 0;

function fieldsOf({ service_name, keywords, description }: Service): Fields {
  return { name: stemsOf(service_name), keywords: keywords.flatMap(stemsOf), description: stemsOf(description) };
}

/** The words of a text, and each two neighbours as one word: people write "pot hole" and "flytipping". */
function stemsOf(text: string): string[] {
  const words = wordsOf(text);
  return [...words, ...pairsOf(words)].map(stemOf);
}

const pairsOf = (words: string[]) => words.slice(1).map((word, at) => words[at]! + word);

/** Plurals and verbs: branches, bushes, lamps, ponies; flooded, flooding. */
function stemOf(word: string): string {
  return word
    .replace(/(?<=\p{L}{4})(?:ed|ing)$/u, "")
    .replace(/ies$/, "y")
    .replace(/(?<=ch|sh|s|x)es$/, "")
    .replace(/(?<=[^su])s$/, "");
}
