// A refusal as the centre gives it: a code, where the record stands now, what would be allowed.
import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema } from "../contract/google/rpc/error_details_pb";

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

/** Reads whatever a call of the API threw. */
export function refusal(thrown: unknown): Refusal {
  const error = ConnectError.from(thrown);
  const [info] = error.findDetails(ErrorInfoSchema);
  const [bad] = error.findDetails(BadRequestSchema);
  const unanswered = info === undefined && [Code.Unavailable, Code.DeadlineExceeded, Code.Unknown, Code.Internal, Code.Canceled].includes(error.code);
  return {
    reason: info?.reason ?? (unanswered ? "UNREACHABLE" : Code[error.code].toUpperCase()),
    sentence: error.rawMessage,
    facts: info?.metadata ?? {},
    fields: bad?.fieldViolations.map(({ field, description }) => ({ field, description })) ?? [],
    unknown: unanswered || error.code === Code.DeadlineExceeded,
    older: error.code === Code.Unimplemented,
    signedOut: error.code === Code.Unauthenticated,
  };
}
