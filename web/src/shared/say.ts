/**
 * Texts in the language of the page. The build replaces each call by the text itself (web/bundling/say.ts), so texts are
 * literals, and no page contains this module. Values stand in a text by name, like `{title}` (ADR 50).
 */
type Values<T> = Record<string, T>;

const failUnbuilt = (): never => {
  throw new Error("The build replaces the calls of this function");
};

export function say(_text: string, _values?: Values<string | number>): string {
  return failUnbuilt();
}

/** The text for that number: `{count}` in it is the number. */
export function sayMany(_count: number, _one: string, _many: string, _values?: Values<string | number>): string {
  return failUnbuilt();
}

/** The text and its values apart, in the order of the language, where values are elements. */
export function sayParts<T>(_text: string, _values: Values<T>): (T | string)[] {
  return failUnbuilt();
}
