import { z } from "zod";
import { integer, textual } from "../scalars.ts";

/** Only read by vagrant/Vagrantfile, which also has the defaults: vagrant/lib/inventory.rb. */
export const vagrantMachine = z
  .strictObject({
    memory: integer(512, 4_194_304)
      .optional()
      .describe("Memory in MiB. Default: 2048.")
      .meta({ examples: [2048] }),
    cpus: integer(1, 512)
      .optional()
      .describe("Number of CPUs. Default: 2.")
      .meta({ examples: [2] }),
    box: textual("box", /^[\w.-]+(?:\/[\w.-]+)?$/, "the name of a Vagrant box, such as debian/bookworm64")
      .optional()
      .describe("Vagrant's box. Default: debian/bookworm64; for LXC tripod/bookworm-lxc (`tripod vagrant box`).")
      .meta({ examples: ["debian/bookworm64"] }),
  })
  .prefault({});

export const vagrant = vagrantMachine
  .describe("How `vagrant up` creates machines that do not set it themselves.")
  .meta({ life: "operator's side" });
