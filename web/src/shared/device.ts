/**
 * A random key of this browser: whoever is not signed in follows a report once, not at every tap, and is not counted
 * together with everybody of her network.
 */
import { keptValue } from "./kept-value.ts";

const device = keptValue<string>(
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
