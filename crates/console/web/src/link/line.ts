// A window's line to the hub: the shared thread where the browser has one, else the window that leads.
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
  if (typeof SharedWorker === "undefined") return led(ends);
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
    if (open) through = led(ends);
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

/** A line to a window that leads. Few browsers need it, so it is brought when one does; what is said until then is said anew in the greeting. */
function led(ends: Ends): Line {
  let open = true;
  let through: Line | undefined;
  import("./leader").then(
    ({ lead }) => { if (open) through = lead(ends); },
    // the window asks again for a hub that does not answer
    () => undefined,
  );
  return {
    say: (said) => through?.say(said),
    close: () => {
      open = false;
      through?.close();
    },
  };
}
