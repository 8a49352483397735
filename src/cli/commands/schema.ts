import { Command } from "commander";
import type { Io } from "../io.ts";

/** `tripod schema`: the schema with which editors complete and check inventories. */
export function schemaCommand(io: Io): Command {
  return new Command("schema")
    .description("print the JSON Schema of the inventory, for editors")
    .addHelpText("after", "\nAs the first line of an inventory: # yaml-language-server: $schema=PATH")
    .action(async () => {
      const { inventoryJsonSchema } = await import("../../inventory/schema.ts");
      io.stdout.write(`${JSON.stringify(inventoryJsonSchema(), null, 2)}\n`);
    });
}
