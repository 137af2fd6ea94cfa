// A wire between browser and centre that a test can cut. The centre knows nothing of it, as with a cable.
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** How the wire is. */
type Wire =
  | "whole"
  /** Nothing passes and nobody is told, as when a cable is pulled: connections stay, new ones are not answered. */
  | "silent"
  /** Connections are broken and new ones refused at once, as when a switch says so. */
  | "broken";

/** A listening wire. */
export class Relay {
  #wire: Wire = "whole";
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  /** Those that came while the wire was silent. */
  readonly #waiting = new Set<Socket>();

  private constructor(private readonly server: Server, private readonly port: number) {}

  /** Lays a wire to a port of this machine. */
  static async to(port: number): Promise<Relay> {
    const server = createServer({ pauseOnConnect: true });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const relay = new Relay(server, port);
    server.on("connection", (near) => relay.#came(near));
    return relay;
  }

  /** Where the near end is. */
  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Lets nothing pass any more, without a word. */
  silence(): void {
    this.#wire = "silent";
    for (const pair of this.#pairs) for (const end of pair) end.pause();
  }

  /** Breaks every connection and refuses new ones. */
  break(): void {
    this.#wire = "broken";
    this.#endAll();
  }

  /** Makes it whole: what waited passes. */
  mend(): void {
    this.#wire = "whole";
    for (const pair of this.#pairs) for (const end of pair) end.resume();
    for (const near of this.#waiting) this.#join(near);
    this.#waiting.clear();
  }

  /** Takes it away. */
  async stop(): Promise<void> {
    this.#endAll();
    await new Promise((closed) => this.server.close(closed));
  }

  #came(near: Socket): void {
    near.on("error", () => near.destroy());
    if (this.#wire === "broken") near.destroy();
    else if (this.#wire === "silent") this.#waiting.add(near);
    else this.#join(near);
  }

  #join(near: Socket): void {
    if (near.destroyed) return;
    const far = connect(this.port, "127.0.0.1");
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    for (const [end, other] of [[near, far], [far, near]] as const) {
      end.setNoDelay(true);
      // written by hand, so that a pause of the wire is a pause and not undone by the flow between two streams
      end.on("data", (bytes: Buffer) => other.write(bytes));
      end.on("end", () => other.end());
      end.on("error", () => end.destroy());
      end.on("close", () => {
        this.#pairs.delete(pair);
        other.destroy();
      });
    }
    near.resume();
  }

  #endAll(): void {
    for (const pair of this.#pairs) for (const end of pair) end.destroy();
    for (const near of this.#waiting) near.destroy();
    this.#waiting.clear();
  }
}
