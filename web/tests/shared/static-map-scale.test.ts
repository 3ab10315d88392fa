import { expect, test } from "vitest";
import { ringDiameterPx, zoomFor } from "../../src/shared/static-map-scale.ts";

const HEIGHT = 180;
const HERE = { lat: 53.96, long: -1.08 };

test("shows single streets around a pin", () => {
  expect(zoomFor(HERE, HEIGHT)).toBe(17);
});

test.each([50, 500, 1000, 5000])("shows a whole ring of %i m, as large as it fits", (radius_m) => {
  const ring = { ...HERE, radius_m };
  expect(ringDiameterPx(ring, HEIGHT)).toBeLessThanOrEqual(HEIGHT * 0.9);
  if (zoomFor(ring, HEIGHT) < 17) expect(ringDiameterPx(ring, HEIGHT)).toBeGreaterThan(HEIGHT * 0.44);
});

test("draws a ring in the scale of the map", () => {
  // At zoom 14 and this latitude, a pixel is 5.62 m wide.
  const ring = { ...HERE, radius_m: 400 };
  expect(zoomFor(ring, HEIGHT)).toBe(14);
  expect(ringDiameterPx(ring, HEIGHT)).toBeCloseTo(800 / 5.62, -1);
});
