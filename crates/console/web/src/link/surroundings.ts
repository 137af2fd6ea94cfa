// What surrounds a stream in a browser: the centre's API, the machine's clock, timers and chance.
import { createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { transport } from "../api/transport";
import { DirectoryService } from "../contract/kezek/directory/v1/directory_service_pb";
import { WatchService } from "../contract/kezek/watch/v1/watch_service_pb";
import { hearing } from "./hearing";
import type { HubSurroundings } from "./hub";
import { LocalClock } from "./local_clock";

/** How long the directory may take to come before it is asked for again. */
const DIRECTORY_WITHIN_MS = 10_000;

/** The surroundings of a hub whose stream watches all that its token allows, at an address. */
export function surroundings(address: string): HubSurroundings {
  const clock = new LocalClock();
  return {
    open: (token, after, signal, heard) => {
      const watch = createClient(WatchService, createGrpcWebTransport({ baseUrl: address, fetch: hearing((asked, how) => fetch(asked, how), heard) }));
      const from = after === undefined ? {} : { resumeAfter: { lineage: after.lineage, number: after.number } };
      return watch.watch(from, { signal, headers: { authorization: `Bearer ${token}` } });
    },
    directory: async (token) => {
      const read = createClient(DirectoryService, transport(address, token, { defaultTimeoutMs: DIRECTORY_WITHIN_MS }));
      return (await read.getDirectory({})).directory;
    },
    now: () => clock.now(),
    wall: () => Date.now(),
    sleeps: () => clock.sleeps,
    later: (ms, act) => {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
    chance: () => Math.random(),
  };
}
