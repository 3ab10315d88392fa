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

/** What an officer should know before publishing. */
export function audienceText(audience: Audience): string {
  const people = audience.emails + audience.texts + audience.notifications;
  if (!people) return "Nobody gets alerts for this area.";
  return [
    `This will be sent to about ${counted(people, "person", "people")}.`,
    ...emails(audience),
    ...texts(audience),
  ].join(" ");
}

function emails({ emails, emails_a_second, emails_left, seconds, days }: Audience): string[] {
  if (emails > emails_left)
    return [
      `We can send ${counted(emails_left, "more email", "more emails")} today, so this takes ${counted(days, "day", "days")}.`,
    ];
  if (seconds < LEAST_SHOWN_S) return [];
  return [`At ${counted(emails_a_second, "email", "emails")} a second this takes ${durationText(seconds)}.`];
}

function texts({ texts, texts_left }: Audience): string[] {
  if (texts <= texts_left) return [];
  return [`${number(texts)} get text messages, but only ${number(texts_left)} can be sent today.`];
}

function durationText(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return [hours ? `${hours} h` : "", minutes % 60 ? `${minutes % 60} min` : ""].filter(Boolean).join(" ");
}

const number = (value: number) => value.toLocaleString("en-GB");
const counted = (value: number, one: string, many: string) => `${number(value)} ${value === 1 ? one : many}`;
