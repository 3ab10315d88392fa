/**
 * Email addresses and phone numbers that people typed or pasted, without what cannot be meant; the twin of
 * `chalicelib/kernel/addresses.py` (the cases of both: `tests/unit/kernel/address_cases.json`). The phone checks them, too,
 * because a report that waits without signal is refused when nobody looks.
 */
const LINE_BREAKS = /\s*[\t\n\r\v\f\u0085\u2028\u2029]+\s*/g;
// eslint-disable-next-line no-control-regex -- they are what is replaced
const CONTROL = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/g;
const INVISIBLE = /[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g;
const SCHEME = /^(?:mailto|e-?mail|tel)\s*:\s*(?:\/\/)?/i;
const IN_BRACKETS = /<([^<>]*)>[\s.,;]*$/;
const BEFORE = /^[ ,;:!?'"`()[\]{}<>\u201c\u201d\u2018\u2019\u00ab\u00bb]+/;
const BEHIND = /[ .,;:!?'"`()[\]{}<>\u201c\u201d\u2018\u2019\u00ab\u00bb]+$/;
const EXTENSION = /[\s,;]*\b(?:extension|ext|x)[.:\s]*([0-9]{1,6})\b/i;
const NUMBER = /^(\+?[0-9 ()./-]*[0-9]\)?)[\s,;.-]*(.*)/;
const PHONE = /^\+?[0-9 ()./-]{5,}( ext [0-9]{1,6})?( \([^()]{1,40}\))?$/;
const MOBILE = /^(?:\+44|0044|0)7(?:[1-57-9][0-9]{8}|624[0-9]{6})$/;
const LOCAL = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u;
const RESERVED = /^(?:arpa|invalid|local|localhost|onion|test)$/i;

const visible = (text: string) =>
  text.trim().replace(LINE_BREAKS, " ").replace(CONTROL, " ").normalize("NFKC").replace(INVISIBLE, "").trim();

/** It need not be valid. */
export function tidyEmail(text: string): string {
  const line = visible(text);
  const address = IN_BRACKETS.exec(line)?.[1] ?? line;
  return address
    .replace(BEFORE, "")
    .replace(SCHEME, "")
    .replace(/(@[^?]*)\?.*/, "$1")
    .replace(BEFORE, "")
    .replace(BEHIND, "")
    .replace(/[\u2018\u2019\u02bc\u2032]/g, "'")
    .replace(/\s*@\s*/g, "@");
}

/** Whether mail can be sent to a tidy address. */
export function isEmail(address: string): boolean {
  const [local = "", domain = "", ...more] = address.split("@");
  const labels = domain.split(".");
  const top = labels.at(-1)!;
  return (
    !more.length &&
    address.length <= 254 &&
    local.length <= 64 &&
    LOCAL.test(local) &&
    !local.includes("=?") &&
    labels.length > 1 &&
    labels.every((label) => LABEL.test(label)) &&
    /\D/.test(top) &&
    !RESERVED.test(top)
  );
}

/** The number with plain spaces and hyphens, and what follows it: `ext 4`, or a note in brackets. */
export function tidyPhone(text: string): string {
  const line = visible(text).replace(/[\u2010-\u2015\u2212]/g, "-");
  const plain = line.replace(SCHEME, "").replace(/\s+/g, " ");
  const extension = EXTENSION.exec(plain)?.[1];
  const rest = plain.replace(EXTENSION, " ").trim();
  const [, number, behind = ""] = NUMBER.exec(rest) ?? [];
  if (number === undefined) return rest;
  const note = behind.replace(BEFORE, "").replace(BEHIND, "");
  return [number, extension && `ext ${extension}`, note && `(${note})`].filter(Boolean).join(" ");
}

export const isPhone = (number: string): boolean => number.length <= 80 && PHONE.test(number);

/** Whether texts can be sent to a tidy number. */
export const isMobile = (number: string): boolean =>
  MOBILE.test(
    number
      .split(/ ext | \([^)0-9]/)[0]!
      .replace("(0)", "")
      .replace(/[^0-9+]/g, ""),
  );
