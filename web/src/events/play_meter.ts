/** Playing this much faster than the clock of the film, a step in its time is a jump of the listener, not playing. */
const longestStepS = 1.5;

/**
 * Counts the seconds really played from the positions that a media element reports: jumps do not count, a part heard twice
 * counts twice.
 */
export class PlayMeter {
  private last: number | null = null;
  private seconds = 0;

  /** Playing began or went on at `position` seconds. */
  start(position: number): void {
    this.last = position;
  }

  /** The element reports `position` while it plays at `rate`. */
  step(position: number, rate = 1): void {
    if (this.last !== null) {
      const step = position - this.last;
      if (step > 0 && step <= longestStepS * Math.max(1, rate)) this.seconds += step;
      this.last = position;
    }
  }

  /** The listener jumped to `position`. */
  jump(position: number): void {
    if (this.last !== null) this.last = position;
  }

  /** Playing stopped at `position`: seconds since the last take, to hundredths; 0 where nothing was played. */
  take(position?: number): number {
    if (position !== undefined) this.step(position);
    this.last = null;
    const taken = Math.round(this.seconds * 100) / 100;
    this.seconds = 0;
    return taken;
  }
}
