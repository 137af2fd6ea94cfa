// Alarms for unit tests.
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { AlarmLevel, AlarmSchema, AlarmStateSchema, type Alarm, type AlarmState } from "../contract/kezek/record/v1/alarm_pb";

/** Where an alarm stands. */
export type Stands = "raised" | "acknowledged" | "ended";

function stateOf(stands: Stands): AlarmState {
  switch (stands) {
    case "raised": return create(AlarmStateSchema, { state: { case: "raised", value: {} } });
    case "acknowledged": return create(AlarmStateSchema, { state: { case: "acknowledged", value: { acknowledgedBy: "bakyt" } } });
    case "ended": return create(AlarmStateSchema, { state: { case: "ended", value: { endedBy: "bakyt" } } });
  }
}

/** An alarm for an operator that a desk has not answered. */
export function alarm(alarmId: string, raisedAt: number, of: Omit<MessageInitShape<typeof AlarmSchema>, "$typeName" | "$unknown"> = {}, stands: Stands = "raised"): Alarm {
  return create(AlarmSchema, {
    alarmId, version: 7n, code: "DESK_UNANSWERED", level: AlarmLevel.OPERATOR, raisedAt: timestampFromMs(raisedAt), state: stateOf(stands), ...of,
  });
}
