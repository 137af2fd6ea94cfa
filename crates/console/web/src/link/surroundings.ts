// What surrounds a stream in a browser: the centre's API, the machine's clock, timers and chance.
import { api } from "../api/api";
import { WatchService } from "../contract/kezek/watch/v1/watch_service_pb";
import { LocalClock } from "./local_clock";
import type { Surroundings } from "./stream";

/** The surroundings of a stream that watches all that its token allows, at an address. */
export function surroundings(address: string): Surroundings {
  const clock = new LocalClock();
  return {
    open: (token, after, signal) => {
      const watch = api(address, token).stream(WatchService);
      return watch.watch(after === undefined ? {} : { resumeAfter: { lineage: after.lineage, number: after.number } }, { signal });
    },
    now: () => clock.now(),
    sleeps: () => clock.sleeps,
    later: (ms, act) => {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
    chance: () => Math.random(),
  };
}
