// A real centre for a test: the program itself with a Redis and a directory of its own, on a port of its own. It can be frozen, thawed,
// killed and started again where it was, and leaves nothing behind.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { DescService } from "@bufbuild/protobuf";
import { createClient, type Client } from "@connectrpc/connect";
import { transport } from "../../src/api/transport";
import { until } from "./wait";

const PROGRAM = process.env["KEZEK_BINARY"] ?? fileURLToPath(new URL("../../../../../target/debug/kezek", import.meta.url));

/** Calls any service of the contract: `call(DirectoryService).getDirectory({})`. */
export type Call = <Service extends DescService>(service: Service) => Client<Service>;

/** What a person or a system is for, as a token spells it. */
export type Role = "operator" | "duty_officer" | "crew" | "supervisor" | "administrator" | "integration" | "observer";

/** Who a token is for. */
export interface Holder {
  readonly name?: string;
  /** The station of a duty officer; `leninsky` unless said. */
  readonly station?: string;
  readonly unit?: string;
  readonly desk?: string;
  /** How long the token is good for. */
  readonly lifetime_s?: number;
}

/** How a centre is started. */
export interface Wanted {
  /** With simulated desks and crews; without them all units are signed off until a test signs them on. */
  readonly people?: boolean;
  readonly callsPerMinute?: number;
  /** A folder with the centre's directory; that of the model centre unless said. */
  readonly directory?: string;
}

/** A centre that runs, or did until it was killed. */
export class Centre {
  /** Where pages and the API are, such as `http://127.0.0.1:4001`. It stays the same when the centre is started again. */
  address = "";
  #process: ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  readonly #said: string[] = [];
  readonly #tokens = new Map<string, string>();

  private constructor(readonly data: string, private readonly wanted: Wanted) {}

  /** Starts one and waits until it is ready. */
  static async start(wanted: Wanted = {}): Promise<Centre> {
    if (!existsSync(PROGRAM)) throw new Error(`there is no program at ${PROGRAM}: build it, or name another with KEZEK_BINARY`);
    const centre = new Centre(mkdtempSync(join(tmpdir(), "kezek-pages-")), wanted);
    try {
      await centre.#run("127.0.0.1:0");
    } catch (error) {
      await centre.stop();
      throw error;
    }
    return centre;
  }

  /** The port it listens at. */
  get port(): number {
    return Number(new URL(this.address).port);
  }

  /** A token of a role. The same holder gets the same token again. */
  async token(role: Role, holder: Holder = {}): Promise<string> {
    const station = holder.station ?? (role === "duty_officer" ? "leninsky" : undefined);
    const asked = JSON.stringify([role, { ...holder, station }]);
    const known = this.#tokens.get(asked);
    if (known !== undefined) return known;
    const line = ["token", role, "--data-dir", this.data, "--json"];
    const said: readonly (readonly [string, string | number | undefined])[] = [
      ["--name", holder.name], ["--station", station], ["--unit", holder.unit], ["--desk", holder.desk], ["--lifetime", holder.lifetime_s],
    ];
    for (const [name, value] of said) if (value !== undefined) line.push(name, String(value));
    const { stdout } = await promisify(execFile)(PROGRAM, line);
    const made = (JSON.parse(stdout) as { token: string }).token;
    this.#tokens.set(asked, made);
    return made;
  }

  /** The API, called by a role. */
  async as(role: Role, holder: Holder = {}): Promise<Call> {
    const way = transport(this.address, await this.token(role, holder), { defaultTimeoutMs: 10_000 });
    return (service) => createClient(service, way);
  }

  /** A figure that the centre tells of itself, summed over its labels; 0 while it tells none. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.address}/metrics`)).text();
    const values = text.split("\n").filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
  }

  /** Stops the process where it stands: connections stay open and nothing is answered. */
  freeze(): void {
    this.#process?.kill("SIGSTOP");
  }

  /** Lets a frozen one go on. */
  thaw(): void {
    this.#process?.kill("SIGCONT");
  }

  /** Stops its Redis where it stands: the centre still answers, from a picture that grows old. */
  freezeStore(): void {
    this.#tellRedis("SIGSTOP");
  }

  /** Lets its Redis go on. */
  thawStore(): void {
    this.#tellRedis("SIGCONT");
  }

  /** Ends it without a word, as a power cut would. */
  async kill(): Promise<void> {
    this.#process?.kill("SIGKILL");
    await this.#ended;
  }

  /** Starts it again on what it had, at the address where it was. */
  async restart(): Promise<void> {
    await this.#run(new URL(this.address).host);
  }

  /** Ends it and removes what it kept. */
  async stop(): Promise<void> {
    this.thaw();
    this.thawStore();
    this.#process?.kill("SIGINT");
    const stubborn = setTimeout(() => this.#process?.kill("SIGKILL"), 15_000);
    await this.#ended;
    clearTimeout(stubborn);
    // a killed centre leaves its Redis behind for the next one to take over; after the last there is none
    this.#tellRedis("SIGKILL");
    // Redis may still be writing its last file
    rmSync(this.data, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }

  async #run(listen: string): Promise<void> {
    const { people = false, callsPerMinute = 0, directory } = this.wanted;
    const line = ["demo", "--listen", listen, "--data-dir", this.data, "--calls-per-minute", String(callsPerMinute), "--json", "--log", "server=info", "--log-format", "json"];
    if (directory !== undefined) line.push("--directory", directory);
    // the figures of a test are its own: nothing of the surroundings may configure the centre
    const surroundings = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("KEZEK_")));
    const process_ = spawn(PROGRAM, people ? line : [...line, "--alone"], { stdio: ["ignore", "ignore", "pipe"], env: surroundings });
    this.#process = process_;
    let over = false;
    this.#ended = new Promise((end) => process_.once("exit", end)).then(() => { over = true; });
    createInterface({ input: process_.stderr }).on("line", (text) => this.#heard(text));
    const ready = async (): Promise<boolean> => {
      if (over) throw new Error("it ended");
      return this.address !== "" && (await fetch(`${this.address}/readyz`)).ok;
    };
    await until("the centre is ready", ready, 60_000).catch((error: unknown) => {
      throw new Error(`the centre did not start: ${this.#said.slice(-10).join("\n")}`, { cause: error });
    });
  }

  #heard(text: string): void {
    this.#said.push(text);
    if (this.#said.length > 200) this.#said.shift();
    const { fields } = (text.startsWith("{") ? JSON.parse(text) : {}) as { fields?: { message?: string; address?: string } };
    if (fields?.message === "serving" && fields.address !== undefined) this.address = `http://${fields.address}`;
  }

  #tellRedis(signal: NodeJS.Signals): void {
    try {
      const [, pid] = /^pid (\d+)$/m.exec(readFileSync(join(this.data, "redis/server.lock"), "utf8")) ?? [];
      // its number may be somebody else's by now
      if (pid !== undefined && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("redis-server")) process.kill(Number(pid), signal);
    } catch {
      // it is gone already
    }
  }
}
