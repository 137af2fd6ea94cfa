// Service levels, asked for again and again while the board is live, with the moment of the last answer: a figure that is not renewed must
// not look as if it were.
import { signal, type ReadonlySignal } from "@preact/signals";
import { momentMs } from "../api/times";
import type { Call } from "../api/api";
import { refusal, type Refusal } from "../api/refusal";
import { type GetServiceLevelsResponse } from "../contract/kezek/review/v1/review_service_pb";

/** How often. */
export const EVERY_MS = 5_000;
/** After how long without a new answer the figures are old. */
export const OLD_MS = 15_000;

/** What is known of the service levels. */
export interface Known {
  readonly answer: GetServiceLevelsResponse | undefined;
  /** The centre's clock when it was counted. */
  readonly countedAt: number;
  /** Why the last request came to nothing; absent: it was answered. */
  readonly refused: Refusal | undefined;
}

/** Asks at once and then every few seconds, one request at a time, until it is stopped. */
export function polled(call: Call, windowS: number, everyMs = EVERY_MS): { readonly known: ReadonlySignal<Known>; stop(): void } {
  const known = signal<Known>({ answer: undefined, countedAt: 0, refused: undefined });
  const ending = new AbortController();
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const ask = async (): Promise<void> => {
    try {
      const answer = await call("ReviewService").getServiceLevels({ windowS }, { signal: ending.signal });
      known.value = { answer, countedAt: momentMs(answer.countedAt) ?? 0, refused: undefined };
    } catch (thrown) {
      if (!ending.signal.aborted) known.value = { ...known.value, refused: refusal(thrown) };
    }
    if (!ending.signal.aborted) waiting = setTimeout(() => void ask(), everyMs);
  };
  void ask();
  return {
    known,
    stop: () => {
      ending.abort();
      clearTimeout(waiting);
    },
  };
}
