import { expect, test } from "vitest";
import { type Audience, audienceText } from "../../src/features/admin-disruptions/audience.ts";

const NOBODY: Audience = {
  emails: 0,
  texts: 0,
  notifications: 0,
  emails_a_second: 50,
  emails_left: 400_000,
  texts_left: 350,
  seconds: 0,
  days: 1,
};

test.each<[string, Partial<Audience>]>([
  ["Nobody gets alerts for this area.", {}],
  ["This will be sent to about 1 person.", { notifications: 1 }],
  [
    "This will be sent to about 312,000 people. At 50 emails a second this takes 1 h 44 min.",
    { emails: 311_000, notifications: 1_000, seconds: 6_220 },
  ],
  [
    "This will be sent to about 312,000 people. We can send 40,000 more emails today, so this takes 8 days.",
    { emails: 312_000, emails_left: 40_000, seconds: 6_240, days: 8 },
  ],
  ["This will be sent to about 900 people. 900 get text messages, but only 350 can be sent today.", { texts: 900 }],
])("%s", (text, values) => {
  expect(audienceText({ ...NOBODY, ...values })).toBe(text);
});
