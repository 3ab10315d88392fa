/**
 * Whether the database of `features/report/outbox.ts` exists, which may have items to send or to announce. A flag in local
 * storage would not do: Firefox writes it some seconds later, and not at all if the phone ends the browser before.
 */
export async function hasOutbox(): Promise<boolean> {
  const databases = await indexedDB.databases?.();
  return !databases || databases.some(({ name }) => name === "outbox");
}
