/** Money as people read it. */

const POUNDS = new Intl.NumberFormat("en-GB", { style: "currency", currency: "GBP" });

/** £12.50, £12 for whole pounds, -£12.50 for money that goes out. The server writes the same. */
export const pounds = (pence: number) => POUNDS.format(pence / 100).replace(/\.00$/, "");

/** Typed pounds as pence, such as 12.50 or £12; null if they are no amount. */
export function penceIn(typed: string): number | null {
  const [, whole, pence = ""] = /^£?\s*(\d{1,6})(?:\.(\d{2}))?$/.exec(typed.trim().replaceAll(",", "")) ?? [];
  return whole === undefined ? null : Number(whole) * 100 + Number(pence);
}
