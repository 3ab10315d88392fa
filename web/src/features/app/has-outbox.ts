/**
 * Whether something may wait to be sent, or was sent and its sender has not been told: whether there is the database of
 * `features/report/outbox.ts`. A mark in the local storage would not do: Firefox writes it some seconds later, and not at
 * all if the phone ends the browser before.
 */
export async function hasOutbox(): Promise<boolean> {
  const databases = await indexedDB.databases?.();
  return !databases || databases.some(({ name }) => name === "outbox");
}
