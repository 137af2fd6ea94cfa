// The thread that all windows of a browser share: it holds the hub, and a port to each window.
import { Hub } from "./hub";
import { surroundings } from "./surroundings";
import type { Said } from "./told";

/** What a shared worker's own scope offers beyond a page's. */
interface SharedScope {
  addEventListener(type: "connect", listener: (event: MessageEvent) => void): void;
}

const hub = new Hub<MessagePort>(surroundings(location.origin), Date.now());

(globalThis as unknown as SharedScope).addEventListener("connect", ({ ports: [port] }) => {
  if (port === undefined) return;
  port.addEventListener("message", ({ data }: MessageEvent<Said>) => hub.said(port, data, (heard) => port.postMessage(heard)));
  port.start();
});
