/** How many people a disruption is sent to, and how long that takes. */
export interface Audience {
  emails: number;
  texts: number;
  notifications: number;
  emails_a_second: number;
  emails_left: number;
  texts_left: number;
  seconds: number;
  days: number;
}

const LEAST_SHOWN_S = 60;

/** The number of recipients and the time to send, for the officer who publishes. */
export function audienceText(audience: Audience): string {
  const people = audience.emails + audience.texts + audience.notifications;
  if (!people) return "Nobody gets alerts for this area.";
  return [
    `This will be sent to about ${countText(people, "person", "people")}.`,
    ...emailTexts(audience),
    ...texts(audience),
  ].join(" ");
}

function emailTexts({ emails, emails_a_second, emails_left, seconds, days }: Audience): string[] {
  if (emails > emails_left)
    return [
      `We can send ${countText(emails_left, "more email", "more emails")} today, so this takes ${countText(days, "day", "days")}.`,
    ];
  if (seconds < LEAST_SHOWN_S) return [];
  return [`At ${countText(emails_a_second, "email", "emails")} a second this takes ${durationText(seconds)}.`];
}

function texts({ texts, texts_left }: Audience): string[] {
  if (texts <= texts_left) return [];
  return [`${formatNumber(texts)} get text messages, but only ${formatNumber(texts_left)} can be sent today.`];
}

function durationText(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return [hours ? `${hours} h` : "", minutes % 60 ? `${minutes % 60} min` : ""].filter(Boolean).join(" ");
}

const formatNumber = (value: number) => value.toLocaleString("en-GB");
const countText = (value: number, one: string, many: string) => `${formatNumber(value)} ${value === 1 ? one : many}`;
