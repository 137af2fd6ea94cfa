// A window's line to the hub: the shared thread where the browser has one, else the window that leads.
import { lead } from "./leader";
import type { Heard, Said } from "./told";

/** A line that is open. */
export interface Line {
  say(said: Said): void;
  close(): void;
}

/** What a line needs of its window. */
export interface Ends {
  hear(heard: Heard): void;
  /** A hub is there that does not know this window yet. */
  began(): void;
}

/** Opens the line. */
export function line(ends: Ends): Line {
  if (typeof SharedWorker === "undefined") return lead(ends);
  let open = true;
  const worker = new SharedWorker(new URL("./worker.ts", import.meta.url), { type: "module", name: "kezek" });
  let through: Line = {
    say: (said) => worker.port.postMessage(said),
    close: () => worker.port.close(),
  };
  worker.port.onmessage = ({ data }: MessageEvent<Heard>) => ends.hear(data);
  // the thread's file is that of this page's build, which a newer centre may not have any more
  worker.onerror = () => {
    through.close();
    if (open) through = lead(ends);
  };
  queueMicrotask(ends.began);
  return {
    say: (said) => through.say(said),
    close: () => {
      open = false;
      through.close();
    },
  };
}
