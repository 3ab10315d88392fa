/** Compares words and tolerates spelling mistakes: the twin of chalicelib/kernel/spelling.py and chalicelib/gazetteer/model.py. */
import SHORT_FORMS from "../../../../chalicelib/gazetteer/short_forms.json" with { type: "json" };

const SHORT: Record<string, string | undefined> = SHORT_FORMS;
const MOST_MISTAKES = 2;

/** The words of a text, without case, accents, apostrophes or punctuation. */
export function wordsOf(text: string): string[] {
  const plain = text
    .replace(/['’‘ʼ`´]/g, "")
    .replaceAll("&", " and ")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "");
  // First to upper case, so that ß becomes ss.
  return (
    plain
      .toUpperCase()
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

/** The form that all spellings of a word share, such as `rd` for road. */
export const shortOf = (word: string) => SHORT[word] ?? word;

/** Whether the word starts with the typed text, or both have the same short form. */
export function matchesTyped(word: string, typed: string): boolean {
  return word.startsWith(typed) || shortOf(word) === shortOf(typed);
}

/** 0 if the word fits, else the number of its mistakes, or null if there are too many. */
export const spellingCost = (word: string, typed: string) =>
  matchesTyped(word, typed) ? 0 : countMistakes(word, typed);

/** The number of edits to the word, or null if there are too many. Shorter words allow fewer edits, numbers none. */
export function countMistakes(word: string, typed: string): number | null {
  const most = /^\p{N}+$/u.test(typed) || typed.length < 4 ? 0 : typed.length < 8 ? 1 : MOST_MISTAKES;
  if (most === 0 || typed.length - word.length > most) return null;
  const cost = countEdits(typed, word);
  return cost <= most ? cost : null;
}

/** The fewest edits to a prefix of the word; swapping two neighbours is one edit. Source: Damerau (1964). */
function countEdits(typed: string, word: string): number {
  let before: number[] = [];
  let row = Array.from({ length: word.length + 1 }, (_, column) => column);
  for (let i = 0; i < typed.length; i++) {
    const above = row;
    row = [i + 1];
    for (let j = 0; j < word.length; j++) {
      let cost = Math.min(above[j + 1]! + 1, row[j]! + 1, above[j]! + Number(typed[i] !== word[j]));
      if (i && j && typed[i] === word[j - 1] && typed[i - 1] === word[j]) cost = Math.min(cost, before[j - 1]! + 1);
      row.push(cost);
    }
    before = above;
  }
  return Math.min(...row);
}
