import type { Words } from "../en";

export const desk: Words["desk"] = {};
