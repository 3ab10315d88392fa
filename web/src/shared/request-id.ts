/** The id by which the server's log traces a request. New for each try, so that it does not identify the sender. */
export function requestId(): Record<string, string> {
  return { "X-Request-Id": crypto.randomUUID() };
}
