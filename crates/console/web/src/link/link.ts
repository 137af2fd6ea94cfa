// The link of this window.
//
// This is the plainest one: a stream of its own.
import { signal } from "@preact/signals";
import { durationMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { api } from "../api/api";
import { WatchService } from "../contract/kezek/watch/v1/watch_service_pb";
import { Picture } from "../picture/picture";
import type { Session } from "../session/session";
import { LATE_MS, LOST_MS, type Link, type LinkState } from "./state";

/** Connects and stays connected until it is closed. */
export function connect(session: Session): Link {
  const picture = new Picture();
  const state = signal<LinkState>({ at: "connecting" });
  const trueAt = signal(0);
  const ending = new AbortController();
  const watch = api(location.origin, session.token).stream(WatchService);
  let offset = 0;
  let heard = 0;
  const now = (): number => performance.now() + offset;
  let painting = 0;
  const paint = (): void => {
    painting ||= requestAnimationFrame(() => {
      painting = 0;
      picture.shown();
    });
  };
  const follow = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        for await (const frame of watch.watch({}, { signal: ending.signal })) {
          picture.apply(frame);
          if (frame.serverTime !== undefined) offset = timestampMs(frame.serverTime) - performance.now();
          heard = performance.now();
          if (!frame.incomplete) {
            trueAt.value = now() - (frame.age === undefined ? 0 : durationMs(frame.age));
            state.value = { at: "live" };
            paint();
          }
        }
      } catch {
        // said by the silence that follows
      }
      await new Promise((next) => setTimeout(next, 1_000));
    }
  };
  const watching = setInterval(() => {
    const silence = performance.now() - heard;
    if (heard !== 0 && silence > LOST_MS) state.value = { at: "lost" };
    else if (heard !== 0 && silence > LATE_MS) state.value = { at: "late" };
  }, 500);
  void follow();
  return {
    picture, state, trueAt, now,
    close: () => {
      ending.abort();
      clearInterval(watching);
    },
  };
}
