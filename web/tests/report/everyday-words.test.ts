import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { suggest } from "../../src/features/report/service-search.ts";
import type { Service } from "../../src/shared/council.ts";

const ROOT = new URL("../../../", import.meta.url);
const read = (path: string) => JSON.parse(readFileSync(new URL(path, ROOT), "utf8"));

/** What residents type, and the kind that each council has for it; the server is tested with the same words. */
const WORDS: Record<string, string>[] = read("tests/unit/catalogue/everyday_words.json");
const SHOWN = 3;

test.each([
  ["demo", 54],
  ["bath", 54],
])("everyday words find the right kind among the first three: %s", (council, least) => {
  const services: Service[] = read(`chalicelib/catalogue/councils/${council}.json`).services;
  const ready = services.map((service) => ({ ...service, keywords: service.keywords ?? [] }));
  const missed = WORDS.filter(({ typed, [council]: right }) => {
    const first = suggest(typed!, ready).slice(0, SHOWN);
    return !first.some(({ service_code }) => service_code === right);
  }).map(({ typed }) => typed);
  expect(WORDS.length - missed.length, `not found: ${missed.join(", ")}`).toBeGreaterThanOrEqual(least);
});
