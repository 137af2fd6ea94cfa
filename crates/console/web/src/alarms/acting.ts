// What people do about alarms: each step one request that is the same one until an answer came. What becomes of it the stream shows.
import { useRef, useState } from "preact/hooks";
import { requestId } from "../api/api";
import { refusal, type Refusal } from "../api/refusal";
import { useConsole } from "../context";
import type { Alarm } from "../contract/kezek/record/v1/alarm_pb";
import { LATE_COMMAND_MS, maySend } from "../link/state";
import type { Role } from "../session/session";
import type { AlarmRow } from "./rows";

/** True for roles that may say that they act on an alarm. */
export function mayAcknowledge(role: Role): boolean {
  return role === "operator" || role === "supervisor" || role === "duty_officer";
}

/** True for roles that may end one. */
export function mayEnd(role: Role): boolean {
  return role === "operator" || role === "supervisor";
}

/** The steps, and how the last one of a row went. */
export interface Acting {
  readonly busy: boolean;
  /** Why the last step about a row came to nothing. */
  readonly refused: { readonly key: string; readonly why: Refusal } | undefined;
  acknowledge(row: AlarmRow): Promise<boolean>;
  end(row: AlarmRow, alarm: Alarm, remark: string): Promise<boolean>;
  note(row: AlarmRow, text: string): Promise<boolean>;
}

/** Takes steps about alarms, one at a time. */
export function useActing(): Acting {
  const { call, link } = useConsole();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Acting["refused"]>(undefined);
  const open = useRef(new Map<string, string>());
  const underWay = useRef(false);

  const take = async (row: AlarmRow, steps: readonly Step[]): Promise<boolean> => {
    if (underWay.current || !maySend(link.state.peek())) return false;
    underWay.current = true;
    setBusy(true);
    setRefused(undefined);
    const limit = link.state.peek().at === "late" ? { timeoutMs: LATE_COMMAND_MS } : {};
    let asked = "";
    try {
      for (const { name, send } of steps) {
        asked = name;
        const id = open.current.get(name) ?? requestId();
        open.current.set(name, id);
        await send(id, limit);
        open.current.delete(name);
      }
      return true;
    } catch (thrown) {
      const why = refusal(thrown);
      // an answer that says no answers this request, and no other that still waits for its own
      if (!why.unknown) open.current.delete(asked);
      setRefused({ key: row.key, why });
      return false;
    } finally {
      underWay.current = false;
      setBusy(false);
    }
  };
  return {
    busy, refused,
    acknowledge: (row) => take(row, row.waiting.map(({ alarmId, version }) => ({
      name: `acknowledge ${alarmId} ${version}`,
      send: (id, limit) => call("AlarmService").acknowledgeAlarm({ requestId: id, alarmId, expectedVersion: version }, limit),
    }))),
    end: (row, { alarmId, version }, remark) => take(row, [{
      name: `end ${alarmId} ${version} ${remark}`,
      send: (id, limit) => call("AlarmService").endAlarm({ requestId: id, alarmId, expectedVersion: version, remark }, limit),
    }]),
    note: (row, text) => take(row, [{
      name: `note ${row.incidentId} ${text}`,
      send: (id, limit) => call("IncidentService").addNote({ requestId: id, incidentId: row.incidentId, text }, limit),
    }]),
  };
}

/** One request, and by what it is known while no answer has come. */
interface Step {
  readonly name: string;
  readonly send: (id: string, limit: { timeoutMs?: number }) => Promise<unknown>;
}
