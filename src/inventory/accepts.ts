import { z } from "zod";
import type { Path } from "./problem.ts";
import { inventory } from "./schema.ts";

/** Whether an inventory may have this value at a path: a hint must not name one that is the next mistake. */
export function accepts(path: Path, value: unknown): boolean {
  let schema: z.core.$ZodType | undefined = inventory;
  for (const step of path) schema = schema && inside(unwrapped(schema), step);
  return schema !== undefined && z.safeParse(schema, value).success;
}

/** Without default and optional. */
function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  const { innerType } = schema._zod.def as { innerType?: z.core.$ZodType };
  return innerType ? unwrapped(innerType) : schema;
}

function inside(schema: z.core.$ZodType, step: string | number): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return (schema.shape as Readonly<Record<string, z.core.$ZodType>>)[step];
  if (schema instanceof z.ZodArray) return schema.element;
  return schema instanceof z.ZodRecord ? schema.valueType : undefined;
}
