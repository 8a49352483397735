import { render } from "../render/render.ts";

/** A drop-in for keepalived and haproxy, which must be restarted however often they die. @param after a unit that has to start before */
export function restartDropIn(after = ""): string {
  return render("systemd/restart.conf", { after });
}
