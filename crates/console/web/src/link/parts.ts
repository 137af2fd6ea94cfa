// Putting the frames of a stream in order: each must continue the one before, and what comes in parts is told only when it is whole.
import { durationMs, momentMs } from "../api/times";
import type { WatchResponse } from "../contract/kezek/watch/v1/watch_service_pb";
import { together, type Part, type WholeFrame } from "./told";

/** A place in the centre's history. */
export interface Place {
  readonly lineage: string;
  readonly number: bigint;
}

/** What became of a frame. */
export type Taken =
  /** It does not continue what was told: the stream must begin anew. */
  | { readonly as: "gap" }
  /** More of it is to come; so many records came so far. */
  | { readonly as: "part"; readonly part: Part; readonly first: boolean; readonly got: number; readonly reset: boolean }
  | { readonly as: "whole"; readonly whole: Whole };

/** A frame, and how it came. */
export interface Whole {
  readonly frame: WholeFrame;
  /** What its last part brought; it is all of it if no part came before. */
  readonly last: Part;
  readonly partsBefore: number;
}

/** The frames of one connection. */
export class Parts {
  #here: Place | undefined;
  #parts: WatchResponse[] = [];

  /** `from` is where the connection resumes; absent: it begins with the whole picture. */
  constructor(from: Place | undefined, private readonly connection: number) {
    this.#here = from;
  }

  take(frame: WatchResponse): Taken {
    if (frame.reset) this.#parts = [];
    else if (this.#here === undefined || frame.lineage !== this.#here.lineage || frame.after !== this.#here.number) return { as: "gap" };
    this.#here = { lineage: frame.lineage, number: frame.through };
    this.#parts.push(frame);
    if (!frame.incomplete) {
      const partsBefore = this.#parts.length - 1;
      return { as: "whole", whole: { frame: this.#whole(frame), last: frame, partsBefore } };
    }
    const got = this.#parts.reduce((sum, part) => sum + part.records.length, 0);
    return { as: "part", part: frame, first: this.#parts.length === 1, got, reset: this.#parts[0]?.reset === true };
  }

  #whole(last: WatchResponse): WholeFrame {
    const parts = this.#parts;
    this.#parts = [];
    const [first = last] = parts;
    const serverTime = momentMs(last.serverTime) ?? 0;
    return {
      reset: first.reset, lineage: last.lineage, after: first.after, through: last.through, ...together(parts),
      serverTime, trueAt: serverTime - (last.age === undefined ? 0 : durationMs(last.age)), connection: this.connection,
    };
  }
}
