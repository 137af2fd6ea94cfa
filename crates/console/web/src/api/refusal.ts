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

/** The codes of gRPC that have more than one word. What calls the centre runs their words together; everybody else knows them like this. */
const OF_SEVERAL_WORDS: readonly string[] = [
  "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "OUT_OF_RANGE", "DATA_LOSS",
];

/** A code as the runbook spells it. */
function spelled(reason: string): string {
  return OF_SEVERAL_WORDS.find((code) => code.replaceAll("_", "") === reason) ?? reason;
}

/** What a call of the API throws. */
export class CallRefused extends Error {
  readonly refusal: Refusal;

  constructor(refused: Refusal) {
    super(refused.sentence);
    this.name = "CallRefused";
    this.refusal = { ...refused, reason: spelled(refused.reason) };
  }
}

/** Reads whatever a call of the API threw; anything but a refusal says that no answer came. */
export function refusal(thrown: unknown): Refusal {
  if (thrown instanceof CallRefused) return thrown.refusal;
  const sentence = thrown instanceof Error ? thrown.message : String(thrown);
  return { reason: "UNREACHABLE", sentence, facts: {}, fields: [], unknown: true, signedOut: false };
}
