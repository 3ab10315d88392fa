/** Proof of work, which the API asks of callers without an account when many on their network send things. */

/** How many digests are calculated at once: the page stays usable in between. */
const AT_ONCE = 256;
/** A wrong answer must not keep a phone busy for minutes. */
const MOST_BITS = 20;

/** The first number that makes SHA-256 of the key, a space and itself begin with that many zero bits. */
export async function findProof(key: string, bits: number): Promise<string | null> {
  if (!(bits > 0 && bits <= MOST_BITS)) return null;
  for (let first = 0; ; first += AT_ONCE) {
    const beginnings = Array.from({ length: AT_ONCE }, async (_, at) => {
      const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${key} ${first + at}`));
      return new DataView(digest).getUint32(0) >>> (32 - bits);
    });
    const found = (await Promise.all(beginnings)).indexOf(0);
    if (found >= 0) return `${first + found}`;
  }
}
