import { expect, test } from "vitest";
import { symbols } from "../../bundling/kinds.ts";

const POTHOLE = { service_code: "pothole", service_name: "Pothole", icon: "construction" };

test("every kind of problem has its symbol, and there is one for unknown kinds", () => {
  const page = symbols([POTHOLE, { ...POTHOLE, service_code: "litter" }]);
  const ids = Array.from(page.matchAll(/<symbol id="([^"]+)" viewBox="0 0 24 24"><[a-z]/g), ([, id]) => id);
  expect(ids.filter((id) => id !== "kind")).toEqual(["kind-pothole", "kind-litter"]);
  expect(page).toContain('<symbol id="kind" viewBox');
});

test("an icon that has no drawing ends the build", () => {
  expect(() => symbols([{ ...POTHOLE, icon: "no-such-icon" }])).toThrow();
});
