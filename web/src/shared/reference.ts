/** Report references: 12 characters of Crockford's base32, shown in groups of four. */

const GROUP = "([0-9A-HJKMNP-TV-Z]{4})";
/** Allows spaces and hyphens only between groups, so that “Thread Street” is not a reference. */
const REFERENCE = new RegExp(`^${[GROUP, GROUP, GROUP].join("[\\s\\-‐-―]*")}$`);

/** The report id, or null if the text is not a reference. */
export function parseReference(typed: string): string | null {
  const plain = typed.trim().toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1");
  return REFERENCE.exec(plain)?.slice(1).join("") ?? null;
}

/** Whether a text in the form of a reference could also be words, such as “Park Lane East”. */
export const mayBeWords = (typed: string) => !/\d/.test(typed);

export function groupReference(id: string): string {
  return id.match(/.{1,4}/g)?.join("-") ?? id;
}
