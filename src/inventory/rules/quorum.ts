import type { Problem } from "../problem.ts";
import type { Draft } from "../schema.ts";

/** etcd's own advice (FAQ, "What is maximum cluster size?"). */
const MOST_MASTERS = 7;

/** Each master is an etcd member. */
export function* quorum({ masters }: Draft): Iterable<Problem> {
  if (!masters) return;
  const path = ["masters"];
  const count = masters.length;
  if (count === 0) yield { path, at: "key", message: "no masters: a cluster needs 1, 3, 5 or 7" };
  else if (count > MOST_MASTERS)
    yield {
      path,
      at: "key",
      message: `${count} masters are refused: more than ${MOST_MASTERS} etcd members are slower, but not safer`,
      hint: `list ${MOST_MASTERS} masters at most; the other machines can be workers`,
    };
  else if (count % 2 === 0)
    yield {
      path,
      at: "key",
      message: `an even number of masters is refused: etcd needs a majority, so ${count} masters tolerate no more failures than ${count - 1}`,
      hint: `list ${count - 1} or ${count + 1} masters; any other machine can be a worker`,
    };
}
