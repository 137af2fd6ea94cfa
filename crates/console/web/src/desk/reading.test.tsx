// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { GetIncidentResponseSchema, IncidentService } from "../contract/kezek/dispatch/v1/incident_service_pb";
import { IncidentSchema } from "../contract/kezek/record/v1/incident_pb";
import { ErrorInfoSchema } from "../contract/google/rpc/error_details_pb";
import { show, stage } from "../testing/surroundings";
import { useWholeIncident } from "./whole_incident";

beforeEach(() => { vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }); });
afterEach(() => { vi.useRealTimers(); });

const incident = (version: bigint, state: "open" | "closed") => create(IncidentSchema, { incidentId: "i", version, state: { state: { case: state, value: {} } } });

/** Lets so many seconds pass, and what waits in each of them happen. */
async function after(seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 1) await act(async () => { await vi.advanceTimersByTimeAsync(1_000); });
}

/** Follows an incident that ends while the centre refuses to be read with that reason; gives what is shown in the end, and how often it was read. */
async function ended(code: Code, reason: string): Promise<[string | undefined, number]> {
  let refuses = false;
  let [reads, state] = [0, "open" as "open" | "closed"];
  const on = stage(({ service }) => service(IncidentService, {
    getIncident: () => {
      reads += 1;
      if (refuses) {
        refuses = false;
        throw new ConnectError("refused", code, undefined, [{ desc: ErrorInfoSchema, value: { reason } }]);
      }
      return create(GetIncidentResponseSchema, { incident: incident(state === "open" ? 1n : 2n, state) });
    },
  }));
  on.picture.incidents.set("i", incident(1n, "open"));
  let seen: string | undefined;
  function Seen() {
    seen = useWholeIncident("i").whole?.incident.state?.state.case;
    return null;
  }
  await show(on, <Seen />);
  await after(1);
  [refuses, state] = [true, "closed"];
  on.picture.incidents.delete("i");
  await act(() => on.picture.shown());
  await after(10);
  return [seen, reads];
}

test("an incident that cannot be read for now is read again, and does not stay as it was", async () => {
  expect(await ended(Code.Unavailable, "STORE_UNAVAILABLE")).toEqual(["closed", 3]);
});

test("an incident that is not there is asked for once", async () => {
  expect(await ended(Code.NotFound, "UNKNOWN_INCIDENT")).toEqual(["open", 2]);
});
