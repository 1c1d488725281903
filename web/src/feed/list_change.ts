export interface ListChange {
  /** Ids that were not in the list before. */
  added: string[];
  /** Places gained (positive: nearer to the top) by ids that others did not merely push about. */
  moved: Map<string, number>;
  gone: string[];
}

/** Indices into `values` of one longest rising run, not necessarily adjacent. */
function longestRising(values: number[]): Set<number> {
  const tails: number[] = [];
  const previous: number[] = values.map(() => -1);
  for (const [index, value] of values.entries()) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[tails[middle] as number] as number) < value) low = middle + 1;
      else high = middle;
    }
    previous[index] = low > 0 ? (tails[low - 1] as number) : -1;
    tails[low] = index;
  }
  const kept = new Set<number>();
  for (let index = tails.at(-1) ?? -1; index >= 0; index = previous[index] as number) kept.add(index);
  return kept;
}

/**
 * What turned the list `before` into `after`. Only the fewest ids that must have moved are said to have moved: one that slides up
 * because another left has not.
 */
export function compareLists(before: string[], after: string[]): ListChange {
  const places = new Map(before.map((id, index) => [id, index]));
  const present = new Set(after);
  const shared = after.filter((id) => places.has(id));
  const order = shared.map((id) => places.get(id) as number);
  const still = longestRising(order);
  const oldShared = before.filter((id) => present.has(id));
  const oldPlace = new Map(oldShared.map((id, index) => [id, index]));
  const moved = new Map<string, number>();
  for (const [index, id] of shared.entries()) {
    const gained = (oldPlace.get(id) as number) - index;
    if (!still.has(index) && gained !== 0) moved.set(id, gained);
  }
  return {
    added: after.filter((id) => !places.has(id)),
    moved,
    gone: before.filter((id) => !present.has(id)),
  };
}
