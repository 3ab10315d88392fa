/** The language of the page, as in addresses. */
declare const LANGUAGE: string;

/**
 * The headers of each request: the language of the answer, and the id by which the server's log traces it. The id is new
 * for each try, so that it does not identify the sender.
 */
export function requestHeaders(): Record<string, string> {
  return { "Accept-Language": LANGUAGE, "X-Request-Id": crypto.randomUUID() };
}
