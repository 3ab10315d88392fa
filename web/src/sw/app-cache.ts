/** Stores the files of an app, so that it opens without a signal. The residents' and the crew's service worker use it. */
import { TAKE_OVER } from "../shared/worker-messages.ts";

declare const self: ServiceWorkerGlobalScope;

/** The address of each file, with the digest of its content as a query unless its name has one: `/map/?0a1b2c3d`. */
export type Files = string[];

export interface AppCache {
  has(address: string): boolean;
  /** The stored file, or the network's answer if the browser has deleted it. */
  respond(address: string, request: Request): Promise<Response>;
  /** Stores the files of the folder, too, if it is one of `folderFiles`. Never fails. */
  useFolder(folder: string): Promise<void>;
}

const DIGEST_LENGTH = 8;

/**
 * Installs `files` in the cache that `open` opens. A file is stored with its digest, so an update fetches only what has changed,
 * an interrupted one continues where it stopped, and the files of the running version stay until the new one takes over.
 * `folderFiles` are the files that only the pages of a folder need, such as those of another language: they are stored from
 * the first visit of one of these pages on.
 */
export function installApp(
  open: () => Promise<Cache>,
  files: Files,
  folderFiles: Record<string, Files> = {},
): AppCache {
  const all = [files, ...Object.values(folderFiles)].flat();
  const keys = new Map(all.map((key) => [key.split("?")[0]!, key]));
  const used = new Set<string>();

  self.addEventListener("install", (event) => event.waitUntil(install()));
  self.addEventListener("activate", (event) => event.waitUntil(deleteOldFiles().then(() => self.clients.claim())));
  self.addEventListener("message", (event) => {
    if (event.data === TAKE_OVER) void self.skipWaiting();
  });

  async function install(): Promise<void> {
    const pages = await self.clients.matchAll({ includeUncontrolled: true });
    const seen = [...(await (await open()).keys()), ...pages].map(keyOf);
    for (const folder of Object.keys(folderFiles))
      if (seen.some((path) => path.startsWith(`/${folder}/`))) used.add(folder);
    await storeFiles([files, ...Array.from(used, (folder) => folderFiles[folder]!)].flat());
  }

  /** Fails if a file is missing or of another version: the browser then tries again later. */
  async function storeFiles(wanted: Files): Promise<void> {
    const cache = await open();
    const known = new Set((await cache.keys()).map(keyOf));
    const missing = wanted.filter((key) => !known.has(key));
    const added = await Promise.allSettled(missing.map((key) => add(cache, key)));
    for (const each of added) if (each.status === "rejected") throw each.reason;
  }

  async function add(cache: Cache, key: string): Promise<void> {
    const [address, digest] = key.split("?");
    const response = await fetch(address!, { cache: "no-cache" });
    if (!response.ok || (digest && (await digestOf(response.clone())) !== digest))
      throw new Error(`${address} is not up to date`);
    await cache.put(key, response);
  }

  async function deleteOldFiles(): Promise<void> {
    const cache = await open();
    const wanted = new Set(keys.values());
    for (const request of await cache.keys()) if (!wanted.has(keyOf(request))) await cache.delete(request);
  }

  return {
    has: (address) => keys.has(address),
    async respond(address, request) {
      const cache = await open();
      return (await cache.match(keys.get(address)!)) ?? fetch(request);
    },
    async useFolder(folder) {
      if (!folderFiles[folder] || used.has(folder)) return;
      used.add(folder);
      await storeFiles(folderFiles[folder]).catch(() => used.delete(folder));
    },
  };
}

function keyOf({ url }: { url: string }): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

async function digestOf(response: Response): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.arrayBuffer()));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .slice(0, DIGEST_LENGTH);
}
