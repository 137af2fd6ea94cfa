// The load: a queue of a thousand incidents, five hundred units on duty, and changes at a rate for as long as wanted.
//
// What comes also goes. Incidents are cancelled as new ones are taken, so that the picture stays as large as it is and memory that grows
// is the page's own doing.
import { requestId } from "../../src/api/api";
import { refused } from "../../src/api/centre";
import { UnitService } from "../../src/contract/kezek/crew/v1/unit_service_pb";
import { IncidentService } from "../../src/contract/kezek/dispatch/v1/incident_service_pb";
import { IntakeService } from "../../src/contract/kezek/intake/v1/intake_service_pb";
import type { Receipt } from "../../src/contract/kezek/record/v1/cursor_pb";
import { LocationMethod } from "../../src/contract/kezek/record/v1/location_pb";
import type { Call, Centre } from "../harness/centre";
import { directory } from "../harness/people";
import { Positions } from "../harness/positions";
import { spot } from "./city";

/** How many incidents lack units. */
export const QUEUED = 1_000;

/** Types for which an operator confirms every unit, so that their incidents stay in the queue. */
const TYPES = ["violence", "threat", "property", "burglary", "theft", "trespass", "criminal-damage", "fraud", "noise"] as const;
/** Requests under way at once while the city is filled. */
const FILLING = 12;
/** Requests under way at once afterwards; what would be more than that is not sent, and the rate that is reported says so. */
const UNDER_WAY = 48;
const TICK_MS = 50;
/** How often a request is sent while its outcome is unknown. */
const ATTEMPTS = 10;
/** Every unit says where it is this often. */
const POSITION_MS = 5_000;
/** Of a hundred changes: how many are of which kind. The rest are units that go out of service and come back. */
const SHARE = { priority: 10, note: 5, turnover: 1 } as const;

/** What the load did. */
export interface Done {
  readonly requests: number;
  /** How many were refused, by code. */
  readonly refused: Readonly<Record<string, number>>;
  readonly held_back: number;
  /** Number of the newest change that an answer named. */
  readonly newest: bigint;
}

/** A city under load. */
export class Load {
  readonly #incidents: string[] = [];
  readonly #away = new Set<string>();
  #units: string[] = [];
  #requests = 0;
  readonly #refused = new Map<string, number>();
  #heldBack = 0;
  #underWay = 0;
  #step = 0;
  #newest = 0n;

  private constructor(private readonly call: Call, private readonly positions: Positions) {}

  /** Fills the city. */
  static async fill(centre: Centre): Promise<Load> {
    const load = new Load(await centre.as("supervisor"), await Positions.to(centre));
    try {
      await load.#filled(centre);
    } catch (reason) {
      await load.end();
      throw reason;
    }
    return load;
  }

  async #filled(centre: Centre): Promise<void> {
    this.#units = (await directory(centre)).units.map(({ unitId }) => unitId);
    const operator = await centre.as("operator");
    await eachOf(Array.from({ length: QUEUED }, (_, index) => index), (index) => this.#take(operator, index));
    await eachOf(this.#units, async (unitId) => { await insisted((id) => this.call(UnitService).signOn({ requestId: id, unitId, crew: ["a crew"] })); });
    this.#report();
  }

  /** Drives changes at a rate a second until told to end. */
  async drive(operator: Call, rate: number, until: AbortSignal): Promise<void> {
    let [owed, reported] = [0, performance.now()];
    let last = performance.now();
    while (!until.aborted) {
      await new Promise((next) => setTimeout(next, TICK_MS));
      const now = performance.now();
      owed = Math.min(owed + (rate * (now - last)) / 1_000, rate);
      last = now;
      for (; owed >= 1; owed -= 1) this.#one(operator);
      if (now - reported >= POSITION_MS) {
        reported = now;
        this.#report();
      }
    }
    while (this.#underWay > 0) await new Promise((next) => setTimeout(next, TICK_MS));
  }

  get done(): Done {
    return { requests: this.#requests, refused: Object.fromEntries(this.#refused), held_back: this.#heldBack, newest: this.#newest };
  }

  async end(): Promise<void> {
    await this.positions.end();
  }

  #one(operator: Call): void {
    if (this.#underWay >= UNDER_WAY) {
      this.#heldBack += 1;
      return;
    }
    this.#underWay += 1;
    this.#requests += 1;
    const step = (this.#step += 1);
    this.#change(operator, step).catch((thrown: unknown) => {
      const { reason } = refused(thrown).refusal;
      this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1);
    }).finally(() => { this.#underWay -= 1; });
  }

  async #change(operator: Call, step: number): Promise<void> {
    const share = step % 100;
    const incidents = this.call(IncidentService);
    // a prime, so that everybody has their turn
    const incidentId = this.#incidents[(step * 7_919) % this.#incidents.length] ?? "";
    if (share < SHARE.turnover) {
      await this.#take(operator, QUEUED + step);
      const oldest = this.#incidents.shift() ?? "";
      return this.#heard(await incidents.cancelIncident({ requestId: requestId(), incidentId: oldest, reason: "made up for a measurement" }));
    }
    if (share < SHARE.turnover + SHARE.priority) {
      return this.#heard(await incidents.changePriority({ requestId: requestId(), incidentId, priority: 1 + (step % 5), reason: "made up for a measurement" }));
    }
    if (share < SHARE.turnover + SHARE.priority + SHARE.note) {
      return this.#heard(await incidents.addNote({ requestId: requestId(), incidentId, text: `note ${step}` }));
    }
    const unitId = this.#units[(step * 31) % this.#units.length] ?? "";
    const units = this.call(UnitService);
    if (this.#away.delete(unitId)) return this.#heard(await units.returnToService({ requestId: requestId(), unitId }));
    this.#heard(await units.setOutOfService({ requestId: requestId(), unitId, reason: "refuelling" }));
    this.#away.add(unitId);
  }

  async #take(operator: Call, index: number): Promise<void> {
    const taken = await insisted((id) => operator(IntakeService).takeCall({
      requestId: id, callerNumber: `+996555${String(100_000 + index).slice(-6)}`, language: "ru", narrative: `made-up call ${index}`,
      incidentTypeId: TYPES[index % TYPES.length] ?? TYPES[0], priority: 2 + (index % 4),
      location: { position: spot(index), method: LocationMethod.SPOKEN, address: `${1 + (index % 200)}, ${index}th street` },
    }));
    this.#incidents.push(taken.incidentId);
    this.#heard(taken);
  }

  #heard({ receipt }: { readonly receipt?: Receipt | undefined }): void {
    const number = receipt?.change?.number ?? 0n;
    if (number > this.#newest) this.#newest = number;
  }

  /** Every unit a little farther on its round. */
  #report(): void {
    const turn = performance.now() / 60_000;
    this.positions.report(this.#units.map((unitId, index) => {
      const { latitude, longitude } = spot(index);
      return { unitId, latitude: latitude + 0.004 * Math.sin(turn + index), longitude: longitude + 0.004 * Math.cos(turn + index), uncertaintyM: 15 };
    }));
  }
}

/** Asks again, with the same id, while nobody knows whether it was done. */
async function insisted<Answer>(ask: (id: string) => Promise<Answer>): Promise<Answer> {
  const id = requestId();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask(id);
    } catch (thrown) {
      if (!refused(thrown).refusal.unknown || attempt === ATTEMPTS) throw thrown;
    }
  }
}

async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items].toReversed();
  await Promise.all(Array.from({ length: FILLING }, async () => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await work(item);
  }));
}
