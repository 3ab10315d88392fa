/** When a photo was taken, by the camera's clock. */
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
