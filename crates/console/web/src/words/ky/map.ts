import type { Words } from "../en";

export const map: Words["map"] = {};
