/** Money as people read it. */

const POUNDS = new Intl.NumberFormat("en-GB", { style: "currency", currency: "GBP" });

/** Such as £12.50, or -£12.50 for money that goes out. */
export const pounds = (pence: number) => POUNDS.format(pence / 100);
