/** Finds services that match a text, best first. */
import type { Service } from "../../shared/council.ts";

/** A word in the name counts more than a keyword, and a keyword more than a word in the description. */
const WEIGHTS = { name: 4, keywords: 3, description: 1 };
const SHORTEST_PREFIX = 3;
const SAY_NOTHING = new Set(
  "a an and are at been by for from has have here i in is it its my near no not of on or our out outside that the there this to very was we with".split(
    " ",
  ),
);

export function suggest(typed: string, services: Service[]): Service[] {
  const words = [...new Set(wordsOf(typed))];
  const telling = words.filter((word) => !SAY_NOTHING.has(word));
  const wanted = telling.length ? telling : words;
  return services
    .map((service) => ({ service, score: wanted.reduce((sum, word) => sum + scoreOf(word, service), 0) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .map(({ service }) => service);
}

function scoreOf(word: string, { service_name, keywords, description }: Service): number {
  return Math.max(
    WEIGHTS.name * fit(word, service_name),
    WEIGHTS.keywords * fit(word, keywords.join(" ")),
    WEIGHTS.description * fit(word, description),
  );
}

/** 1 for the whole word, 0.5 for the start of a word, which may still be being typed. */
function fit(word: string, text: string): number {
  const stem = stemOf(word);
  const stems = wordsOf(text).map(stemOf);
  if (stems.includes(stem)) return 1;
  const begins = word.length >= SHORTEST_PREFIX && stems.some((other) => other.startsWith(stem));
  return begins ? 0.5 : 0;
}

const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Plurals: branches, bushes, lamps, ponies. */
function stemOf(word: string): string {
  return word
    .replace(/ies$/, "y")
    .replace(/(?<=ch|sh|s|x)es$/, "")
    .replace(/(?<=[^su])s$/, "");
}
