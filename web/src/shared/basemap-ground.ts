/** Opens the council's base map: for a map that moves, and for a picture of one place. */
import { PmtilesSource } from "protomaps-leaflet";
import { withStoredRanges } from "./basemap-ranges.ts";
import { COLOURS, labelRules, paintRules } from "./basemap-style.ts";
import type { Council } from "./council.ts";

type Archive = PmtilesSource["p"];

/** What the library needs to draw it. */
export interface BasemapSource {
  url: Archive;
  maxDataZoom: number;
  paintRules: typeof paintRules;
  labelRules: typeof labelRules;
  backgroundColor: string;
  lang: string;
}

/** Reads it from the file `whole` if it is given. Returns null if there is no base map. */
export async function openBasemap(council: Council, whole?: Blob): Promise<BasemapSource | null> {
  if (!council.basemap) return null;
  const url = new PmtilesSource(council.basemap, false).p;
  url.source = whole ? fileSource(whole, `${council.basemap}#whole`) : withStoredRanges(url.source);
  const header = await url.getHeader().catch(() => null);
  if (!header) return null;
  return { url, maxDataZoom: header.maxZoom, paintRules, labelRules, backgroundColor: COLOURS.ground, lang: "en" };
}

/** Reads the archive from a whole file: answers to range requests cannot be stored for later. */
function fileSource(
  whole: Blob,
  key: string,
): { getKey(): string; getBytes(offset: number, length: number): Promise<{ data: ArrayBuffer }> } {
  return {
    getKey: () => key,
    getBytes: async (offset, length) => ({ data: await whole.slice(offset, offset + length).arrayBuffer() }),
  };
}
