// Taking a matter over: the supervisor becomes the owner of its alarms, and the incident keeps who took it and why.
import type { Call } from "../api/api";
import { requestId } from "../api/api";
import { refusal } from "../api/refusal";
import type { Exception } from "./exceptions";

/** The steps of one take-over. Each is asked for under one id until it was answered, so that trying again repeats nothing. */
export class TakeOver {
  readonly #alarms: { readonly alarmId: string; readonly request: string; done: boolean }[];
  readonly #note: { readonly request: string; done: boolean };

  /** The note is fixed here as well: the same id must always ask for the same. */
  constructor(readonly of: Exception, readonly text: string) {
    this.#alarms = of.alarms.map(({ alarmId }) => ({ alarmId, request: requestId(), done: false }));
    this.#note = { request: requestId(), done: of.incidentId === "" };
  }

  /** True where there is something to take: an alarm to own, or an incident to write on. */
  static possible(of: Exception): boolean {
    return of.alarms.length > 0 || of.incidentId !== "";
  }

  /** True once something of it is done: the rest belongs to the same words. */
  get begun(): boolean {
    return (this.of.incidentId !== "" && this.#note.done) || this.#alarms.some(({ done }) => done);
  }

  /** True until the incident keeps who took it and why, as far as an answer said. */
  get unwritten(): boolean {
    return !this.#note.done;
  }

  /** Does what is not done yet. Throws what the centre refused; calling it again goes on from there. */
  async run(call: Call): Promise<void> {
    let refused: unknown;
    for (const alarm of this.#alarms) {
      if (alarm.done) continue;
      try {
        await call("AlarmService").acknowledgeAlarm({ requestId: alarm.request, alarmId: alarm.alarmId });
        alarm.done = true;
      } catch (thrown) {
        // one that is over or somebody's own by now keeps nobody from taking the others
        if (refusal(thrown).reason !== "ILLEGAL_STEP") throw thrown;
        refused = thrown;
      }
    }
    if (refused !== undefined && !this.#alarms.some(({ done }) => done)) throw refused;
    // the note comes last: it says that the matter was taken over, and is never true before it was
    if (this.#note.done) return;
    await call("IncidentService").addNote({ requestId: this.#note.request, incidentId: this.of.incidentId, text: this.text });
    this.#note.done = true;
  }
}
