// The services of the centre that screens call, and all that calling them takes: brought after the first picture, as one piece, so that it is
// whole when the link is not.
import { Code, ConnectError, createClient, type Client, type Transport } from "@connectrpc/connect";
import type { DescService } from "@bufbuild/protobuf";
import { CommandService } from "../contract/kezek/command/v1/command_service_pb";
import { RunService } from "../contract/kezek/crew/v1/run_service_pb";
import { UnitService } from "../contract/kezek/crew/v1/unit_service_pb";
import { DeskService } from "../contract/kezek/desk/v1/desk_service_pb";
import { AlarmService } from "../contract/kezek/dispatch/v1/alarm_service_pb";
import { DispatchService } from "../contract/kezek/dispatch/v1/dispatch_service_pb";
import { IncidentService } from "../contract/kezek/dispatch/v1/incident_service_pb";
import { IntakeService } from "../contract/kezek/intake/v1/intake_service_pb";
import { ReviewService } from "../contract/kezek/review/v1/review_service_pb";
import { BadRequestSchema, ErrorInfoSchema } from "../contract/google/rpc/error_details_pb";
import { CallRefused } from "./refusal";
import { transport } from "./transport";

/** Every service that a screen calls. */
export const SERVICES = {
  AlarmService, CommandService, DeskService, DispatchService, IncidentService, IntakeService, ReviewService, RunService, UnitService,
} satisfies Readonly<Record<string, DescService>>;

/** The services by name. */
export type Services = typeof SERVICES;

/** How long a request may take before it is called unknown: the centre's own limit on a commit is shorter. */
const ANSWER_WITHIN_MS = 10_000;

/** What a centre answers about a method that is none of its own. */
const METHOD_UNKNOWN = "METHOD_UNKNOWN";

/** The centre's services over ways to it: one for methods with one answer and one for streams, which have no end of their own. */
export class Centre {
  constructor(private readonly answers: Transport, private readonly streams: Transport) {}

  /** A service, for its methods with one answer. */
  answering(name: keyof Services): Client<DescService> {
    return createClient<DescService>(SERVICES[name], this.answers);
  }

  /** A service, for its methods that answer with a stream. */
  streaming(name: keyof Services): Client<DescService> {
    return createClient<DescService>(SERVICES[name], this.streams);
  }

  /** What a screen is told of whatever a call threw. */
  refused(thrown: unknown): CallRefused {
    return refused(thrown);
  }
}

/** The centre at an address, called with a token. */
export function centreAt(address: string, token: string): Centre {
  return new Centre(transport(address, token, { defaultTimeoutMs: ANSWER_WITHIN_MS }), transport(address, token, {}));
}

/** A status as the runbook and every other client spell it: `RESOURCE_EXHAUSTED`. */
function spelled(code: Code): string {
  return Code[code].replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
}

/** What a screen is told of whatever a call threw. */
export function refused(thrown: unknown): CallRefused {
  const error = ConnectError.from(thrown);
  const [info] = error.findDetails(ErrorInfoSchema);
  const [bad] = error.findDetails(BadRequestSchema);
  const unanswered = info === undefined && [Code.Unavailable, Code.DeadlineExceeded, Code.Unknown, Code.Internal, Code.Canceled].includes(error.code);
  return new CallRefused({
    reason: info?.reason ?? (unanswered ? "UNREACHABLE" : spelled(error.code)),
    sentence: error.rawMessage,
    facts: info?.metadata ?? {},
    fields: bad?.fieldViolations.map(({ field, description }) => ({ field, description })) ?? [],
    unknown: unanswered || error.code === Code.DeadlineExceeded,
    // an old centre has no code for it, and what else a centre does not take has another
    older: error.code === Code.Unimplemented && (info?.reason ?? METHOD_UNKNOWN) === METHOD_UNKNOWN,
    signedOut: error.code === Code.Unauthenticated,
  });
}
