import type { Place } from "../../shared/reports.ts";

/**
 * Where and when a photo was taken, from its EXIF. JPEG and HEIC both contain "Exif", two zero bytes
 * and a TIFF block, so one reader finds it in either.
 * Source: EXIF 2.32 (CIPA DC-008), TIFF 6.0; tags 0x8825 GPS, 0x8769 Exif, 0x9003 DateTimeOriginal.
 */

export interface Facts {
  taken?: string;
  lat?: number;
  long?: number;
}

type Entries = Map<number, { type: number; count: number; at: number }>;

const EXIF = [0x45, 0x78, 0x69, 0x66, 0, 0];
const TAKEN = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d)/;
const SIZES: Record<number, number> = { 2: 1, 3: 2, 4: 4, 5: 8 };

/**
 * Empty if the photo has no EXIF, or none that can be read. If the camera did not write the hemisphere, the place is the
 * only possible one for which `isLikely` is true.
 */
export async function readFacts(file: Blob, isLikely: (place: Place) => boolean = () => false): Promise<Facts> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    const start = findTiff(bytes);
    return start === null ? {} : new Tiff(new DataView(bytes.buffer, start), isLikely).facts();
  } catch (error) {
    if (error instanceof RangeError) return {};
    throw error;
  }
}

function findTiff(bytes: Uint8Array): number | null {
  for (let at = bytes.indexOf(EXIF[0]!); at !== -1; at = bytes.indexOf(EXIF[0]!, at + 1)) {
    if (!EXIF.every((byte, index) => bytes[at + index] === byte)) continue;
    const start = at + EXIF.length;
    const order = String.fromCharCode(...bytes.subarray(start, start + 2));
    if (order === "II" || order === "MM") return start;
  }
  return null;
}

class Tiff {
  private readonly little: boolean;

  constructor(
    private readonly view: DataView,
    private readonly isLikely: (place: Place) => boolean,
  ) {
    this.little = view.getUint16(0) === 0x4949;
  }

  facts(): Facts {
    const first = this.entries(this.long(4));
    return { ...this.takenAt(this.part(first, 0x8769)), ...this.place(this.part(first, 0x8825)) };
  }

  private takenAt(exif: Entries): Facts {
    const [, year, month, day, time] = TAKEN.exec(this.text(exif, 0x9003)) ?? [];
    const taken = `${year}-${month}-${day}T${time}`;
    return time && !Number.isNaN(Date.parse(taken)) ? { taken } : {};
  }

  private place(gps: Entries): Facts {
    const [lat, long] = [round(this.degrees(gps, 2)), round(this.degrees(gps, 4))];
    const usable = Math.abs(lat) <= 90 && Math.abs(long) <= 180 && (lat !== 0 || long !== 0);
    if (!usable) return {};
    const possible = signsOf(this.text(gps, 1), "N", "S").flatMap((north) =>
      signsOf(this.text(gps, 3), "E", "W").map((east) => ({ lat: north * lat, long: east * long })),
    );
    const likely = possible.length === 1 ? possible : possible.filter(this.isLikely);
    return likely.length === 1 ? likely[0]! : {};
  }

  private short(at: number): number {
    return this.view.getUint16(at, this.little);
  }

  private long(at: number): number {
    return this.view.getUint32(at, this.little);
  }

  /** A directory: tag to where its value lies. What fits into four bytes lies in the entry itself. */
  private entries(at: number): Entries {
    const found: Entries = new Map();
    for (let entry = at + 2; entry < at + 2 + this.short(at) * 12; entry += 12) {
      const [type, count] = [this.short(entry + 2), this.long(entry + 4)];
      const inside = (SIZES[type] ?? 1) * count <= 4;
      found.set(this.short(entry), { type, count, at: inside ? entry + 8 : this.long(entry + 8) });
    }
    return found;
  }

  private part(directory: Entries, tag: number): Entries {
    const pointer = directory.get(tag);
    return pointer ? this.entries(this.long(pointer.at)) : new Map();
  }

  private text(directory: Entries, tag: number): string {
    const { at = 0, count = 0 } = directory.get(tag) ?? {};
    const codes = Array.from({ length: Math.min(count, 64) }, (_, index) => this.view.getUint8(at + index));
    return String.fromCharCode(...codes)
      .replace(/\0.*$/, "")
      .trim();
  }

  /** Degrees, minutes and seconds as three fractions; NaN if there are none. */
  private degrees(directory: Entries, tag: number): number {
    const value = directory.get(tag);
    if (value?.type !== 5 || value.count !== 3) return NaN;
    const [degrees, minutes, seconds] = [0, 8, 16].map((offset) => {
      const at = value.at + offset;
      return this.long(at) / this.long(at + 4);
    });
    return degrees! + minutes! / 60 + seconds! / 3600;
  }
}

/** The sign of a coordinate by its reference, such as "W", "w" or "West"; both if the camera wrote none. */
function signsOf(reference: string, plus: string, minus: string): number[] {
  const first = reference.slice(0, 1).toUpperCase();
  return first === plus ? [1] : first === minus ? [-1] : [1, -1];
}

const round = (degrees: number) => Number(degrees.toFixed(6));
