/** The phone's position, if allowed. It is watched, so that operations need not wait for it. */
import type { Place } from "../../shared/reports.ts";

const FRESH_MS = 5 * 60_000;
const OPTIONS: PositionOptions = { enableHighAccuracy: true, maximumAge: 30_000 };

let last: { place: Place; at: number } | null = null;
let watching = false;

/** The state of the permission, without asking for it. */
export async function locationPermission(): Promise<PermissionState | "never"> {
  if (!navigator.geolocation) return "never";
  const found = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  return found?.state ?? "prompt";
}

/** Watches the position. Asks for permission the first time. */
export function watchLocation(changed: () => void = () => undefined): void {
  if (watching || !navigator.geolocation) return;
  watching = true;
  const stop = ({ code }: GeolocationPositionError) => {
    if (code === 1) watching = false;
    changed();
  };
  navigator.geolocation.watchPosition(
    ({ coords }) => {
      last = { place: { lat: round(coords.latitude), long: round(coords.longitude) }, at: Date.now() };
      changed();
    },
    stop,
    OPTIONS,
  );
}

export function currentPlace(): Place | null {
  return last && Date.now() - last.at < FRESH_MS ? last.place : null;
}

const round = (degrees: number) => Number(degrees.toFixed(6));
