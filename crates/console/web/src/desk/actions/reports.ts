// By whose word, over which channel and when: the circumstances of a report that is entered for somebody else.
import { timestampFromMs } from "../../api/times";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Channel, type ReportSchema } from "../../contract/kezek/record/v1/milestone_pb";
import { momentOf } from "../../words/moment";

/** What is typed. */
export interface Circumstances {
  readonly at: string;
  readonly channel: Channel;
  readonly person: string;
  readonly correction: string;
}

/** Somebody said it over this channel, just now. */
export function justNow(channel: Channel): Circumstances {
  return { at: "", channel, person: "", correction: "" };
}

/** The report; `"odd"` if the time that was typed is none. */
export function reportOf({ at, channel, person, correction }: Circumstances, now: number, zone: string): MessageInitShape<typeof ReportSchema> | "odd" {
  const moment = momentOf(at, now, zone);
  if (moment === "odd") return "odd";
  return { channel, person: person.trim(), correctionReason: correction.trim(), ...(moment === undefined ? {} : { occurredAt: timestampFromMs(moment) }) };
}
