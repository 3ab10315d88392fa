/** What became of a call, without anything that only a page has: the service workers know it as well. */

export interface FieldError {
  field: string;
  message: string;
}

export interface Problem {
  title: string;
  status: number;
  detail?: string;
  errors?: FieldError[];
  link?: string;
}

/** `later` means that nothing is known to be stored: the same key may be sent again. Without a wait nothing answered. */
export type Outcome<T> =
  | { kind: "stored"; value: T }
  | { kind: "refused"; problem: Problem }
  | { kind: "later"; retryAfterSeconds: number | null; why?: string };

export function isSignedOut(outcome: Outcome<unknown>): boolean {
  return outcome.kind === "refused" && outcome.problem.status === 401;
}

/** Why it was refused, in the service's words. */
export function reasonOf({ errors, detail, title }: Problem): string {
  return errors?.[0]?.message ?? detail ?? title;
}
