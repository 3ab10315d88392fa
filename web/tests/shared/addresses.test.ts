import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isEmail, isMobile, isPhone, tidyEmail, tidyPhone } from "../../src/shared/addresses.ts";

type Cases = [typed: string, tidy: string, isValid: boolean][];
const file = new URL("../../../tests/unit/kernel/address_cases.json", import.meta.url);
const { emails, phones } = JSON.parse(readFileSync(file, "utf8")) as { emails: Cases; phones: Cases };

test.each(emails)("the email address in %j is tidied as the server does", (typed, tidy, isValid) => {
  expect(tidyEmail(typed)).toBe(tidy);
  expect(tidyEmail(tidy)).toBe(tidy);
  expect(isEmail(tidy)).toBe(isValid);
});

test.each(phones)("the phone number in %j is tidied as the server does", (typed, tidy, isValid) => {
  expect(tidyPhone(typed)).toBe(tidy);
  expect(tidyPhone(tidy)).toBe(tidy);
  expect(isPhone(tidy)).toBe(isValid);
});

test("texts are sent to UK mobile numbers", () => {
  for (const number of ["07700 900123", "+44 (0)7700 900123", "07700 900123 (after 6pm)", "07624 123456"])
    expect(isMobile(number)).toBe(true);
  for (const number of ["01632 960001", "07012 345678", "+33 6 12 34 56 78", "07700 90012"])
    expect(isMobile(number)).toBe(false);
});
