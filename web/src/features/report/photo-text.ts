/** When a photo was taken, as the camera's own clock had it. */
const FORM: Intl.DateTimeFormatOptions = {
  day: "numeric",
  month: "long",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZone: "UTC",
};

export function takenText(taken: string): string {
  return new Intl.DateTimeFormat("en-GB", FORM).format(new Date(`${taken}Z`)).replace(" at ", ", ");
}
