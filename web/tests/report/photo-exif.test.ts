import { expect, test } from "vitest";
import { readFacts } from "../../src/features/report/photo-exif.ts";

/** A photo at 53.96 north and 1.08 west or east, with these references; null leaves one out. */
function photoAt(north: string | null, east: string | null): Blob {
  const view = new DataView(new ArrayBuffer(512));
  const ascii = (at: number, text: string) =>
    [...text].forEach((each, index) => view.setUint8(at + index, each.charCodeAt(0)));
  ascii(0, "Exif\0\0MM");
  const tiff = 6;
  view.setUint16(tiff + 2, 42);
  view.setUint32(tiff + 4, 8);
  const entry = (at: number, tag: number, type: number, count: number, value: number) => {
    view.setUint16(tiff + at, tag);
    view.setUint16(tiff + at + 2, type);
    view.setUint32(tiff + at + 4, count);
    view.setUint32(tiff + at + 8, value);
  };
  const reference = (at: number, tag: number, text: string, place: number) => {
    entry(at, tag, 2, text.length + 1, place);
    ascii(tiff + (text.length < 4 ? at + 8 : place), `${text}\0`);
  };
  const degrees = (at: number, hundredths: number) => {
    [hundredths, 100, 0, 1, 0, 1].forEach((each, index) => view.setUint32(tiff + at + index * 4, each));
  };
  view.setUint16(tiff + 8, 1);
  entry(10, 0x8825, 4, 1, 40);
  view.setUint16(tiff + 40, 2 + Number(north !== null) + Number(east !== null));
  let at = 42;
  const next = () => (at += 12) - 12;
  if (north !== null) reference(next(), 1, north, 300);
  entry(next(), 2, 5, 3, 200);
  if (east !== null) reference(next(), 3, east, 320);
  entry(next(), 4, 5, 3, 240);
  degrees(200, 5396);
  degrees(240, 108);
  return new Blob([view]);
}

const isWest = ({ lat, long }: { lat: number; long: number }) => lat > 0 && long < 0;

test.each(["W", "w", "West", "WEST"])("a camera that writes %j means west", async (reference) => {
  expect(await readFacts(photoAt("N", reference))).toEqual({ lat: 53.96, long: -1.08 });
});

test.each(["E", "e", "East"])("a camera that writes %j means east", async (reference) => {
  expect(await readFacts(photoAt("n", reference), isWest)).toEqual({ lat: 53.96, long: 1.08 });
});

test.each([
  ["N", null],
  [null, null],
  ["", "?"],
])("a camera that writes %j and %j means the only likely place", async (north, east) => {
  expect(await readFacts(photoAt(north, east), isWest)).toEqual({ lat: 53.96, long: -1.08 });
});

test("a photo has no place when it is not known which of several likely ones", async () => {
  expect(await readFacts(photoAt("N", null), () => true)).toEqual({});
  expect(await readFacts(photoAt("N", null))).toEqual({});
});
