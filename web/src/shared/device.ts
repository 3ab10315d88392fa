/** A random key of this browser: whoever is not signed in follows a report once, not at every tap. */

const PLACE = "ginnel.device";

export function deviceKey(): string {
  const known = localStorage.getItem(PLACE);
  if (known) return known;
  const made = crypto.randomUUID();
  localStorage.setItem(PLACE, made);
  return made;
}

const placeOf = (reportId: string) => `ginnel.follows.${reportId}`;

/** Report pages show what this browser follows. */
export function rememberFollow(reportId: string): void {
  localStorage.setItem(placeOf(reportId), "1");
}

export function follows(reportId: string): boolean {
  return localStorage.getItem(placeOf(reportId)) !== null;
}
