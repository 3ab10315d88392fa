/** Reads postcodes as people type them; the twin of `chalicelib/geo/postcode.py`. */
const FORMS = ["A99AA", "A999AA", "AA99AA", "AA999AA", "A9A9AA", "AA9A9AA"];
const AS_DIGIT: Record<string, string> = { O: "0", I: "1", L: "1" };
const AS_LETTER: Record<string, string> = { "0": "O", "1": "I" };

export const compactPostcode = (text: string): string =>
  text
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[^0-9A-Z]+/g, "");

/** The postcode in its usual form, such as "ZZ1 2DN"; null if the text is no whole postcode, or could be two. */
export function fullPostcode(text: string): string | null {
  const compact = compactPostcode(text);
  const readings = new Set(FORMS.map((form) => readAs(form, compact)).filter((each) => each !== null));
  const found = readings.has(compact) ? compact : readings.size === 1 ? [...readings][0]! : null;
  return found && `${found.slice(0, -3)} ${found.slice(-3)}`;
}

function readAs(form: string, compact: string): string | null {
  if (form.length !== compact.length) return null;
  const read = [...compact].map((each, at) => (form[at] === "A" ? AS_LETTER : AS_DIGIT)[each] ?? each).join("");
  return read.replace(/[A-Z]/g, "A").replace(/[0-9]/g, "9") === form ? read : null;
}
