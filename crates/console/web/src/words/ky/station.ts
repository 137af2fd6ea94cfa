import type { Words } from "../en";

export const station: Words["station"] = {};
