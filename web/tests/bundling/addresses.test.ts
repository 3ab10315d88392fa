import { describe, expect, test } from "vitest";
import { localAddresses } from "../../bundling/addresses.ts";

const WELSH = {
  folder: "/cy/",
  pages: { "/": "", "/map/": "", "/account/places/": "" },
  served: ["/forms/", "/reports/"],
};
const local = (code: string) => localAddresses(code, WELSH);

describe("an address in a script", () => {
  test.each([
    ['open("/")', 'open("/cy/")'],
    ['open("/map/#17/1/2")', 'open("/cy/map/#17/1/2")'],
    ["open(`/map/?at=${lat}`, `/map/`)", "open(`/cy/map/?at=${lat}`, `/cy/map/`)"],
    ['open("/account/places/")', 'open("/cy/account/places/")'],
    ["open(`/reports/${id}`)", "open(`/cy/reports/${id}`)"],
    ['open("/forms/sign-in")', 'open("/cy/forms/sign-in")'],
  ])("of a page leads to the page in the language: %s", (code, translated) => {
    expect(local(code)).toBe(translated);
  });

  test.each([
    'open("/desk/")',
    'start("/sw.js")',
    'get("/api/reports")',
    'get("/data/index.json")',
    'name.split("/")',
    "a / b / c",
  ])("of anything else stays: %s", (code) => {
    expect(local(code)).toBe(code);
  });
});
