// The hub without a shared thread: one window leads and holds it, the others speak with it over a channel. When the window that leads closes,
// the next one takes over and all greet it anew. Which one leads a lock says, which the browser gives up with its window.
import { Hub } from "./hub";
import type { Ends, Line } from "./line";
import { surroundings } from "./surroundings";
import type { Heard, Said } from "./told";

// windows of one build only: after the centre was replaced an old page and a new one need not understand each other
const NAME = `kezek.link ${new URL(import.meta.url).pathname}`;

/** What goes over the channel. Everybody hears everything and takes what is theirs. */
type Word =
  | { readonly to: "hub"; readonly from: string; readonly said: Said }
  | { readonly to: "window"; readonly window: string; readonly heard: Heard }
  | { readonly to: "all"; readonly leads: true };

/** Opens a line to the window that leads, which may be this one. */
export function lead(ends: Ends): Line {
  // without a secure context there are no locks: then every window has a stream of its own
  if (typeof navigator.locks === "undefined" || typeof BroadcastChannel === "undefined") return alone(ends);
  const self = crypto.randomUUID();
  const channel = new BroadcastChannel(NAME);
  const closing = new AbortController();
  let hub: Hub<string> | undefined;
  const speak = (word: Word): void => { if (!closing.signal.aborted) channel.postMessage(word); };
  const ask = (from: string, said: Said): void =>
    hub?.said(from, said, (heard) => (from === self ? ends.hear(heard) : speak({ to: "window", window: from, heard })));
  channel.onmessage = ({ data }: MessageEvent<Word>) => {
    if (data.to === "hub") ask(data.from, data.said);
    else if (data.to === "all") ends.began();
    else if (data.window === self) ends.hear(data.heard);
  };
  // a window that holds a lock is not put to sleep for being in the background
  void navigator.locks.request(NAME, { signal: closing.signal }, () => new Promise<void>((given) => {
    hub = new Hub<string>(surroundings(location.origin), Date.now());
    closing.signal.addEventListener("abort", () => given());
    speak({ to: "all", leads: true });
    ends.began();
  })).catch(() => undefined);
  // another window may lead already
  queueMicrotask(ends.began);
  return {
    say: (said) => (hub === undefined ? speak({ to: "hub", from: self, said }) : ask(self, said)),
    close: () => {
      hub?.end();
      closing.abort();
      channel.close();
    },
  };
}

/** A hub for this window only. */
function alone(ends: Ends): Line {
  const hub = new Hub<string>(surroundings(location.origin), Date.now());
  queueMicrotask(ends.began);
  return { say: (said) => hub.said("alone", said, (heard) => ends.hear(heard)), close: () => hub.end() };
}
