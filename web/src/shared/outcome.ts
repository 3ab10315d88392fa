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
