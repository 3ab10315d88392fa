/** Published report pages: from the network, or else the copy that this browser stored, with its age. */
import { SAVED_AT } from "../shared/worker-messages.ts";

const CACHE = "report_pages";
const MOST = 20;
const PATIENCE_MS = 5_000;
const ABSENT = [403, 404, 410];
const TIME = "X-Ginnel-Saved-At";
const ADDRESS = /^\/([a-z]{2,3}\/)?reports\/[0-9A-Z]+$/;

/** Addresses with a query may hold the secret of a private link, so their pages are not stored. */
export const isReportPage = ({ pathname, search }: URL): boolean => search === "" && ADDRESS.test(pathname);

/** Throws if neither the network nor the cache has the page. */
export async function reportPage(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const copy = await cache.match(request.url);
  try {
    const response = await (copy ? withTimeLimit(fetch(request)) : fetch(request));
    if (ABSENT.includes(response.status)) await cache.delete(request.url);
    else if (response.ok) await storePage(cache, request.url, response.clone()).catch(() => undefined);
    return copy && response.status >= 500 ? withAge(copy) : response;
  } catch (error) {
    if (!copy) throw error;
    return withAge(copy);
  }
}

/** Stores only what everybody can see, and deletes the copies that were stored first. */
async function storePage(cache: Cache, url: string, response: Response): Promise<void> {
  if (!response.headers.get("Cache-Control")?.includes("public")) return;
  const headers = new Headers(response.headers);
  headers.set(TIME, String(Date.now()));
  await cache.delete(url);
  await cache.put(url, new Response(await response.arrayBuffer(), { headers }));
  const stored = await cache.keys();
  for (const request of stored.slice(0, Math.max(stored.length - MOST, 0))) await cache.delete(request);
}

/** The copy, with its time for the page's script. */
async function withAge(copy: Response): Promise<Response> {
  const time = `<meta name="${SAVED_AT}" content="${copy.headers.get(TIME)}">`;
  return new Response((await copy.text()).replace("<head>", `<head>${time}`), { headers: copy.headers });
}

function withTimeLimit<T>(wanted: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error("It took too long")), PATIENCE_MS));
  return Promise.race([wanted, late]);
}
