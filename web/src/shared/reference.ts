/** Report references: 12 characters of Crockford's base32, shown in groups of four. */

const GROUP = "([0-9A-HJKMNP-TV-Z]{4})";
/** Spaces and hyphens stand between the groups alone, as words are not references: “Thread Street” is none. */
const REFERENCE = new RegExp(`^${[GROUP, GROUP, GROUP].join("[\\s\\-‐-―]*")}$`);

/** The id that was meant, or null where it cannot be one. */
export function parseReference(typed: string): string | null {
  const plain = typed.trim().toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1");
  return REFERENCE.exec(plain)?.slice(1).join("") ?? null;
}

/** Whether what has the form of a reference may be words as well, such as “Park Lane East”. */
export const mayBeWords = (typed: string) => !/\d/.test(typed);

export function groupReference(id: string): string {
  return id.match(/.{1,4}/g)?.join("-") ?? id;
}
