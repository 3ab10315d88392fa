/** Other open jobs nearby. */
import { distanceMm } from "../../shared/geo/nearest.ts";
import type { Place } from "../../shared/reports.ts";

export const CLOSE_M = 150;

export interface NearJob<T> {
  job: T;
  distance_m: number;
}

/** Jobs within 150 m of the place, nearest first; equally far ones keep their order. */
export function jobsNear<T extends Place>(place: Place, jobs: readonly T[]): NearJob<T>[] {
  return jobs
    .map((job) => ({ job, distance_mm: distanceMm(job, place) }))
    .filter(({ distance_mm }) => distance_mm <= CLOSE_M * 1000)
    .sort((one, other) => one.distance_mm - other.distance_mm)
    .map(({ job, distance_mm }) => ({ job, distance_m: Math.round(distance_mm / 1000) }));
}
