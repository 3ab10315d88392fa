/**
 * Finds text in the public fields that looks like personal information. A finding only leads to a question,
 * so it can be wrong; but people would soon ignore a warning on every report. Prices, house
 * numbers, postcodes, roads such as A64 and street names are ignored. The pages without JavaScript use
 * the same patterns.
 */
import patterns from "../../../../chalicelib/forms/personal_data.json";
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
  return FIELDS.flatMap((field) => findInField(words[field], field));
}

/** The text of all public fields; when it changes, it is searched again. */
export function publicWords(draft: Draft): string {
  return FIELDS.map((field) => draft[field]).join("\n");
}

function findInField(text: string, field: PublicField): Finding[] {
  const found = new Map<string, Finding>();
  for (const { kind, pattern } of KINDS) {
    // In a text all in capitals, "ROAD A12 BIN" looks like a number plate.
    if (kind === "a number plate" && !/[a-z]/.test(text) && text.includes(" ")) continue;
    for (const [words] of text.matchAll(pattern)) found.set(words, { words, kind, field });
  }
  return [...found.values()];
}
