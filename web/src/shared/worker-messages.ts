/** What pages and service workers say to each other. */

/** Tells a waiting service worker to take over from the running one. */
export const TAKE_OVER = "take-over";
/** The name of the meta element with the time, in milliseconds, at which the shown copy of a page was stored. */
export const SAVED_AT = "saved-at";
