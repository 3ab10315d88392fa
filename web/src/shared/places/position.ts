/** The device's position, or the reason why there is none. */
import type { Place } from "../reports.ts";
import { say } from "../say.ts";

const OPTIONS: PositionOptions = { enableHighAccuracy: true, timeout: 15_000, maximumAge: 30_000 };

const PROBLEMS: Record<number, string> = {
  1: say("Location is turned off for this site. Search for a street instead, or turn it on in your browser settings"),
  2: say("We could not find your location. Search for a street instead"),
  3: say("It took too long to find your location. Try again, or search for a street instead"),
};

export interface Position extends Place {
  /** The radius of the circle that the device is probably in. */
  accuracy_m: number;
}

export function findPosition(): Promise<Position | { problem: string }> {
  return new Promise((resolve) => {
    if (!navigator.geolocation)
      return resolve({ problem: say("This browser cannot find your location. Search for a street instead") });
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        resolve({ lat: round(coords.latitude), long: round(coords.longitude), accuracy_m: coords.accuracy }),
      ({ code }) => resolve({ problem: PROBLEMS[code] ?? PROBLEMS[2]! }),
      OPTIONS,
    );
  });
}

const round = (degrees: number) => Number(degrees.toFixed(6));
