/** The outcome of an API call. Service workers use it too, so it must not depend on a page. */

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

/** `later`: try again with the same key, because it is not known to be stored. Null seconds: there was no answer. */
export type Outcome<T> =
  | { kind: "stored"; value: T }
  | { kind: "refused"; problem: Problem }
  | { kind: "later"; retryAfterSeconds: number | null; why?: string };

export function isSignedOut(outcome: Outcome<unknown>): boolean {
  return outcome.kind === "refused" && outcome.problem.status === 401;
}

/** The account that the session is of; empty if nobody is signed in. */
export function accountIn(session: Outcome<{ account_id: string }>): Outcome<string> {
  if (isSignedOut(session)) return { kind: "stored", value: "" };
  return session.kind === "stored" ? { kind: "stored", value: session.value.account_id } : session;
}

/** The service's message about a refusal. */
export function reasonOf({ errors, detail, title }: Problem): string {
  return errors?.[0]?.message ?? detail ?? title;
}
