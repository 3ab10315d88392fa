const ORIGIN = "https://council.example";

/** CacheStorage's cache, as much of it as workers use. */
export function memoryCache() {
  const kept = new Map<string, Response>();
  const urlOf = (request: Request | string) =>
    new URL(typeof request === "string" ? request : request.url, ORIGIN).href;
  return {
    match: async (request: Request | string) => kept.get(urlOf(request))?.clone(),
    put: async (request: Request | string, response: Response) => void kept.set(urlOf(request), response),
    delete: async (request: Request | string) => kept.delete(urlOf(request)),
    keys: async () => [...kept.keys()].map((url) => ({ url })),
  };
}
