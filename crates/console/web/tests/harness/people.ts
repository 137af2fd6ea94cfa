// The people a test needs around the one who sits at the screen: crews that sign on, callers who call, somebody who writes notes.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { requestId } from "../../src/api/api";
import { UnitService } from "../../src/contract/kezek/crew/v1/unit_service_pb";
import type { Directory } from "../../src/contract/kezek/directory/v1/directory_pb";
import { DirectoryService } from "../../src/contract/kezek/directory/v1/directory_service_pb";
import { IncidentService } from "../../src/contract/kezek/dispatch/v1/incident_service_pb";
import { IntakeService, type TakeCallRequestSchema, type TakeCallResponse } from "../../src/contract/kezek/intake/v1/intake_service_pb";
import { LocationMethod } from "../../src/contract/kezek/record/v1/location_pb";
import type { Centre } from "./centre";

/** The directory in force. */
export async function directory(centre: Centre): Promise<Directory> {
  const call = await centre.as("supervisor");
  const { directory: found } = await call(DirectoryService).getDirectory({});
  if (found === undefined) throw new Error("no directory is in force");
  return found;
}

/** Signs units on: these, or every unit of the directory. */
export async function signOn(centre: Centre, unitIds?: readonly string[]): Promise<void> {
  const call = await centre.as("supervisor");
  const wanted = unitIds ?? (await directory(centre)).units.map(({ unitId }) => unitId);
  for (const unitId of wanted) await call(UnitService).signOn({ requestId: requestId(), unitId, crew: [`crew of ${unitId}`] });
}

/** A place in the middle of a station's district. */
export async function placeOf(centre: Centre, stationId: string): Promise<{ latitude: number; longitude: number }> {
  const found = (await directory(centre)).stations.find((station) => station.stationId === stationId)?.position;
  if (found === undefined) throw new Error(`the directory has no place for ${stationId}`);
  return { latitude: found.latitude, longitude: found.longitude };
}

/** A call that an operator took, at Leninsky's station unless said; it leads to an incident. */
export async function takeCall(centre: Centre, said: Partial<MessageInitShape<typeof TakeCallRequestSchema>> = {}): Promise<TakeCallResponse> {
  const call = await centre.as("operator");
  const position = await placeOf(centre, "leninsky");
  const usual = {
    requestId: requestId(), callerNumber: "+996555010203", language: "ru", narrative: "a fight in the yard", incidentTypeId: "violence",
    location: { position, method: LocationMethod.SPOKEN, address: "Frunze 1" },
  };
  return call(IntakeService).takeCall({ ...usual, ...said } as MessageInitShape<typeof TakeCallRequestSchema>);
}

/** Another person's note on an incident: a change that can be told from every other by its words. */
export async function note(centre: Centre, incidentId: string, text: string): Promise<void> {
  const call = await centre.as("supervisor");
  await call(IncidentService).addNote({ requestId: requestId(), incidentId, text });
}
