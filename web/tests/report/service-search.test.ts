import { expect, test } from "vitest";
import { suggest } from "../../src/features/report/service-search.ts";
import { SERVICES } from "./council.ts";

const named = (service_name: string, keywords: string[], description = "") => ({
  ...SERVICES[0]!,
  service_code: service_name,
  service_name,
  keywords,
  description,
});
const KNOWN = [
  named("Dog fouling", ["dogs", "mess"]),
  named("Street light", ["lamp", "dark"]),
  named("Blocked drain", ["gully"], "Such as a drain by a lamp post"),
  named("Overgrown branches", ["bush", "hedge"]),
];
const found = (typed: string) => suggest(typed, KNOWN).map(({ service_name }) => service_name);

test("services are suggested by the words that say something, the best first", () => {
  expect(found("the lamps in our street are out")).toEqual(["Street light", "Blocked drain"]);
});

test("a word of the name counts more than a keyword", () => {
  expect(
    suggest("dog mess", [named("Mess", []), named("Litter", ["mess"])]).map(({ service_name }) => service_name),
  ).toEqual(["Mess", "Litter"]);
});

test.each(["branch", "branches", "bushes", "hedg"])("plurals and beginnings fit: %s", (typed) => {
  expect(found(typed)).toEqual(["Overgrown branches"]);
});

test.each(["zeppelin", "do", "  "])("nothing is suggested for “%s”", (typed) => {
  expect(found(typed)).toEqual([]);
});
