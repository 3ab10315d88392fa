import { expect, test } from "vitest";
import { hasAssurance } from "../../src/features/report/assurance.ts";

const resident = (assurance: "contact" | "proven") => ({ roles: ["resident"], assurance });
const OFFICER = { roles: ["resident", "officer"], assurance: "contact" as const };

test.each([
  [resident("contact"), undefined, "", true],
  [resident("contact"), "contact", "", true],
  [resident("contact"), "proven", "", false],
  [resident("proven"), "proven", "", true],
  [resident("proven"), "contact", "", true],
  [OFFICER, "proven", "phone", true],
  [OFFICER, "proven", "", true],
  [OFFICER, "proven", "online", false],
] as const)("%o is known well enough for %s on channel “%s”: %s", (account, assurance, channel, isEnough) => {
  expect(hasAssurance({ ...account, roles: [...account.roles] }, { assurance }, channel)).toBe(isEnough);
});
