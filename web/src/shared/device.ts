/**
 * A random key of this browser. With it, people who are not signed in follow a report once, not at every tap, and are
 * not counted as one with others on their network.
 */
import { storedValue } from "./stored-value.ts";

const device = storedValue<string>(
  () => localStorage,
  "ginnel.device",
  (key) => typeof key === "string",
);

export function deviceKey(): string {
  const known = device.read();
  if (known) return known;
  const made = crypto.randomUUID();
  device.write(made);
  return made;
}
