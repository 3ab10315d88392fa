/** New for each try, so that it tells nothing of who sends: the server's log follows it. */
export function requestId(): Record<string, string> {
  return { "X-Request-Id": crypto.randomUUID() };
}
