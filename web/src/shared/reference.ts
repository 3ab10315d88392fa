/** Report references: 12 characters of Crockford's base32, shown in groups of four. */

const REFERENCE = /^[0-9A-HJKMNP-TV-Z]{12}$/;

/** The id that was meant, or null where it cannot be one. */
export function parseReference(typed: string): string | null {
  const id = typed
    .toUpperCase()
    .replace(/[\s\-‐-―]/g, "")
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");
  return REFERENCE.test(id) ? id : null;
}

export function groupReference(id: string): string {
  return id.match(/.{1,4}/g)?.join("-") ?? id;
}
