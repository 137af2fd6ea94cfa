// A refusal as the centre gives it: a code, where the record stands now, what would be allowed.

/** Why a request came to nothing. */
export interface Refusal {
  /** The code that the runbook has a page for, such as `UNIT_NOT_AVAILABLE`; `UNREACHABLE` if no answer came. */
  readonly reason: string;
  /** The centre's own sentence, in English. */
  readonly sentence: string;
  /** `state`, `allowed`, `choices`, `remedy`, ids and limits, as the code has them. */
  readonly facts: Readonly<Record<string, string>>;
  /** The fields that are wrong, if the request was malformed. */
  readonly fields: readonly { readonly field: string; readonly description: string }[];
  /** True if nobody knows whether it was done: the same request id, sent again, gets the first answer. */
  readonly unknown: boolean;
  /** True where the centre does not know what is asked: it is of an older release, and asking again does not help. */
  readonly older?: boolean;
  /** True if the token is not valid any more. */
  readonly signedOut: boolean;
}

/** What a call of the API throws. */
export class CallRefused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.sentence);
    this.name = "CallRefused";
  }
}

/** Reads whatever a call of the API threw; anything but a refusal says that no answer came. */
export function refusal(thrown: unknown): Refusal {
  if (thrown instanceof CallRefused) return thrown.refusal;
  const sentence = thrown instanceof Error ? thrown.message : String(thrown);
  return { reason: "UNREACHABLE", sentence, facts: {}, fields: [], unknown: true, signedOut: false };
}
