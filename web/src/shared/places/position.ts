/** The phone's position, or in plain words why there is none. */
import type { Place } from "../reports.ts";

const OPTIONS: PositionOptions = { enableHighAccuracy: true, timeout: 15_000, maximumAge: 30_000 };
const INSTEAD = "Choose the place in another way instead";

const PROBLEMS: Record<number, string> = {
  1: `Your browser did not let us see your location. Allow it in the browser's settings, or: ${INSTEAD.toLowerCase()}`,
  2: `Your phone could not find where you are. ${INSTEAD}`,
  3: `Your phone took too long to find where you are. Try again, or: ${INSTEAD.toLowerCase()}`,
};

export function findPosition(): Promise<Place | { problem: string }> {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve({ problem: `This browser cannot tell us where you are. ${INSTEAD}` });
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lat: round(coords.latitude), long: round(coords.longitude) }),
      ({ code }) => resolve({ problem: PROBLEMS[code] ?? PROBLEMS[2]! }),
      OPTIONS,
    );
  });
}

const round = (degrees: number) => Number(degrees.toFixed(6));
