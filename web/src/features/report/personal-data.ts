/**
 * What in the public words looks like something about a person. It only ever leads to a question,
 * so it may be wrong; but a warning at every report would soon be read by nobody. Prices, house
 * numbers, postcodes, roads such as A64 and street names are left alone. The pages without JavaScript ask by
 * the same patterns.
 */
import patterns from "../../../../chalicelib/forms/personal.json";
import type { Draft } from "../../shared/pending-report.ts";

export interface Finding {
  /** As it was written. */
  words: string;
  kind: string;
  field: PublicField;
}

const FIELDS = ["description", "title", "address"] as const;
type PublicField = (typeof FIELDS)[number];

const KINDS = patterns.map(({ kind, pattern }) => ({ kind, pattern: new RegExp(pattern, "g") }));

export function findingsOf(words: Pick<Draft, PublicField>): Finding[] {
  return FIELDS.flatMap((field) => find(words[field], field));
}

/** What was looked at: a change of it is looked at again. */
export function publicWords(draft: Draft): string {
  return FIELDS.map((field) => draft[field]).join("\n");
}

function find(text: string, field: PublicField): Finding[] {
  const found = new Map<string, Finding>();
  for (const { kind, pattern } of KINDS) {
    // In words all in capitals a number plate cannot be told from "ROAD A12 BIN".
    if (kind === "a number plate" && !/[a-z]/.test(text) && text.includes(" ")) continue;
    for (const [words] of text.matchAll(pattern)) found.set(words, { words, kind, field });
  }
  return [...found.values()];
}
