import { expect, test } from "vitest";
import { findingsOf } from "../../src/features/report/personal-data.ts";

const nothing = { description: "", title: "", address: "" };
const kindsIn = (description: string) => findingsOf({ ...nothing, description }).map(({ kind }) => kind);

test.each([
  ["Ring me on 07700 900123", "phone number"],
  ["call 01904960456 after six", "phone number"],
  ["my number is +44 7700 900 123.", "phone number"],
  ["(020) 7946 0123 is my work", "phone number"],
  ["mail ann.canary@example.org", "email address"],
  ["A blue van, AB12 CDE, did it", "number plate"],
  ["the van was ab12cde", "number plate"],
  ["an old Mini, ABC 123D, is left here", "number plate"],
  ["a car, P123 ABC, every night", "number plate"],
  ["Mrs O'Neill fell over it", "name"],
  ["Dr. Smith knows", "name"],
  ["my neighbour Bob Marsh dumps it", "name"],
  ["My name is Ann", "name"],
  ["my landlord is called Peter", "name"],
])("“%s” holds a %s", (words, kind) => {
  expect(kindsIn(words)).toContainEqual(expect.stringContaining(kind));
});

test.each([
  "Outside 12 Market Place, by the drain",
  "At the corner of St Mary's Road and Dr Street",
  "The A64 and the B1224 meet here",
  "THE A64 HAS A HOLE NEAR M62 BIN",
  "Near YO1 7HH, between no 12 and no 14",
  "It cost me £1,234,567.89 and 01/02/2026 was the day",
  "Open 08:30 to 17:00, from 2026-05-03 to 2026-05-09",
  "no12 bin is full, lamp column 0123 is out",
  "Grid reference SE 60123 51987",
  "Bus 66 stops here, 150 m from the Co-op",
  "My neighbour is Polish and slipped",
  "About 53.95910, -1.08120",
])("“%s” is about nobody", (words) => {
  expect(kindsIn(words)).toEqual([]);
});

test("each field is looked at, and the same words are told once", () => {
  const found = findingsOf({
    title: "For Mrs Jones",
    address: "Next to Mrs Jones",
    description: "Mrs Jones, that is Mrs Jones",
  });
  expect(found.map(({ words, field }) => [field, words])).toEqual([
    ["description", "Mrs Jones"],
    ["title", "Mrs Jones"],
    ["address", "Mrs Jones"],
  ]);
});
