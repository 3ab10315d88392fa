/** The notifications that were set up in this browser, with the links to change them. */
import { storedValue } from "./stored-value.ts";

interface BrowserAlert {
  about: string;
  /** A secret. */
  manage_url: string;
}

export const browserAlerts = storedValue<BrowserAlert[]>(
  () => localStorage,
  "ginnel.alerts",
  (all) => all.every(({ about, manage_url }) => Boolean(about && manage_url)),
);

export function rememberBrowserAlert(about: string, manage_url: string): void {
  const others = (browserAlerts.read() ?? []).filter((each) => each.manage_url !== manage_url);
  browserAlerts.write([...others, { about, manage_url }]);
}
