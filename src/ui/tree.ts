import { Listr, type ListrTask, ListrTaskState, ProcessOutput, ListrLogger, Spinner } from "listr2";
import type { Outcome, RunEvent } from "../engine/events.ts";
import type { Output } from "./output.ts";
import { createRows } from "./rows.ts";
import { FINISHING, type Screen, type Surface } from "./screen.ts";

type RunStart = Extract<RunEvent, { type: "run.start" }>;

/** For people at a terminal: one row per phase. listr2 draws; its tasks are promises that events resolve. */
export function treeScreen(surface: Surface): Screen {
  let tree: Tree | undefined;
  let drawn: Promise<unknown> = Promise.resolve();
  return {
    sink: (event) => {
      if (event.type === "run.start") {
        const next = createTree(event, surface);
        tree = next;
        drawn = drawn.then(() => next.draw());
      }
      tree?.update(event);
    },
    finish: async () => {
      tree?.settle();
      await drawn;
    },
  };
}

interface Tree {
  update(event: RunEvent): void;
  /** Ends every row that has not ended. */
  settle(): void;
  /** Resolves when the last row has ended and the whole tree is above the cursor. */
  draw(): Promise<void>;
}

function createTree(start: RunStart, surface: Surface): Tree {
  const rows = createRows(start);
  const phases = start.phases.map(({ name }) => ({ name, started: deferred<true>(), ended: deferred<Outcome>() }));
  const over = deferred<true>();
  const titles: ((text: string) => void)[] = [];
  let settled = false;

  /** Two rows stay free for the cursor and for FINISHING. The final tree may be longer than the terminal. */
  const refresh = () => {
    const texts = rows.texts(settled ? Infinity : (surface.stdout.rows ?? 24) - 2);
    for (const [index, title] of titles.entries()) title(texts[index] ?? "");
  };

  const settle = () => {
    settled = true;
    for (const { started, ended } of phases) {
      started.resolve(true);
      ended.resolve("cancelled");
    }
    over.resolve(true);
  };

  const phaseRows = phases.map(({ started, ended }, index): ListrTask => ({
    title: " ",
    task: async (_, wrapper) => {
      titles[index] = titleOf(wrapper);
      refresh();
      // listr2 marks every concurrent task as started; a phase starts with its event.
      wrapper.task.state$ = ListrTaskState.WAITING;
      await started.promise;
      wrapper.task.state$ = ListrTaskState.STARTED;
      const outcome = await ended.promise;
      refresh();
      if (outcome === "cancelled") wrapper.skip();
      if (outcome === "failed") throw new Error("shown by the row's text");
    },
  }));
  const interruptRow: ListrTask = {
    title: " ",
    task: async (_, wrapper) => {
      const show = () => (wrapper.title = FINISHING);
      if (surface.signal.aborted) show();
      surface.signal.addEventListener("abort", show);
      await over.promise;
      surface.signal.removeEventListener("abort", show);
      wrapper.title = "";
    },
  };

  return {
    update(event) {
      rows.update(event);
      const phase = "phase" in event ? phases.find(({ name }) => name === event.phase) : undefined;
      if (event.type === "phase.start") phase?.started.resolve(true);
      if (event.type === "phase.end") phase?.ended.resolve(event.outcome);
      if (event.type === "run.end") settle();
    },
    settle,
    draw: () => drawWithListr([...phaseRows, interruptRow], surface, refresh),
  };
}

/** Titles are refreshed with the spinner, ten times a second, however many events arrive. */
async function drawWithListr(tasks: ListrTask[], surface: Surface, refresh: () => void): Promise<void> {
  const spinner = new (class extends Spinner {
    override spin(): void {
      super.spin();
      refresh();
    }
  })();
  const output = new ProcessOutput(terminal(surface.stdout), terminal(surface.stderr));
  const rendererOptions = {
    spinner,
    logger: new ListrLogger({ processOutput: output }),
    formatOutput: "truncate" as const,
    showErrorMessage: false,
  };
  // If the process exits early, the terminal must get its cursor back.
  const release = () => output.release();
  process.once("exit", release);
  try {
    await new Listr(tasks, {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false,
      // listr2 checks whether process.stdout is a terminal; `screenFor` has checked the surface already.
      renderer: "default",
      rendererOptions,
      fallbackRenderer: "default",
      fallbackRendererOptions: rendererOptions,
    }).run();
  } finally {
    process.off("exit", release);
  }
}

/** listr2 requires the type of a terminal, but uses only what every Writable has, and `rows` and `columns`. */
function terminal(output: Output): NodeJS.WriteStream {
  const stream: unknown = output.beneath ?? output;
  return stream as NodeJS.WriteStream;
}

function titleOf(wrapper: { title: string }): (text: string) => void {
  return (text) => {
    if (wrapper.title !== text) wrapper.title = text;
  };
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
