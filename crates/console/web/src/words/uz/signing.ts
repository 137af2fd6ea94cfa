import type { Words } from "../en";

export const signing: Words["signing"] = {};
