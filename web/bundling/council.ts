/** The council details that the build writes into the pages. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

export interface CouncilNames {
  name: string;
  phone: string;
  opening_hours: string;
  out_of_hours_phone?: string;
  /** The email address for questions about data protection. */
  privacy_contact?: string;
}

const CATALOGUE = resolve(import.meta.dirname, "../../chalicelib/catalogue/councils");

/** `council` is a name in the catalogue, or a path ending in .json. */
export function readCouncil(council: string): CouncilNames {
  const path = council.endsWith(".json") ? resolve(council) : resolve(CATALOGUE, `${council}.json`);
  if (!existsSync(path)) {
    throw new Error(`COUNCIL=${council} is not a council: there is no file ${path}.`);
  }
  const { name, phone, opening_hours, out_of_hours_phone, privacy_contact } = JSON.parse(
    readFileSync(path, "utf8"),
  ) as Partial<CouncilNames>;
  if (!name || !phone || !opening_hours) {
    throw new Error(`The council in ${path} needs "name", "phone" and "opening_hours".`);
  }
  return {
    name,
    phone,
    opening_hours,
    ...(out_of_hours_phone && { out_of_hours_phone }),
    ...(privacy_contact && { privacy_contact }),
  };
}
