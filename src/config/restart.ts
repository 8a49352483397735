import { render } from "../render/render.ts";

/** A drop-in for keepalived and haproxy, which must come back however often they die. @param after a unit that has to be up before */
export function restartDropIn(after = ""): string {
  return render("systemd/restart.conf", { after });
}
