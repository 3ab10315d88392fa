/**
 * The parts of the base map that were shown, stored for use without a signal. The Cache API refuses answers to range
 * requests, so they are in IndexedDB.
 */
import type { RangeResponse, Source } from "pmtiles";
import { storedCopies } from "./stored-copies.ts";

const DATABASE = "base_map";
const STORE = "ranges";
/** With up to about 40 kB each. */
const MOST = 300;

const copies = storedCopies(() => indexedDB.open(DATABASE, 1), STORE, MOST);

/** The header comes from the network, and names the version; other parts of that version come from the copies. */
export function withStoredRanges(source: Source): Source {
  return {
    getKey: () => source.getKey(),
    async getBytes(offset, length, signal, etag) {
      const key = `${source.getKey()} ${offset} ${length}`;
      const copy = await copies.find<RangeResponse>(key);
      if (copy && etag && copy.value.etag === etag) return copy.value;
      try {
        const answer = await source.getBytes(offset, length, signal, etag);
        void copies.keep(key, { data: answer.data, etag: answer.etag }, Date.now());
        return answer;
      } catch (error) {
        if (etag || !copy) throw error;
        return copy.value;
      }
    },
  };
}
