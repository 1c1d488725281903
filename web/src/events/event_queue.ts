import type { EventReport, UserEvent } from '../api/types';

/** What the queue needs of the world; tests bring their own. */
export interface EventTransport {
  /** Rejects with something that has `passing: true` where trying again may help. */
  send(events: UserEvent[]): Promise<EventReport>;
  /** For a page that is being left: whether the browser took them. */
  beacon(events: UserEvent[]): boolean;
  /** Calls back after `ms`; returns what cancels it. */
  later(ms: number, callback: () => void): () => void;
  /** Events that will not be sent again, and why. */
  lost(events: UserEvent[], reason: string): void;
}

const gatherMs = 300;
const batchSize = 50;
const capacity = 1000;
const firstPauseMs = 1000;
const longestPauseMs = 30_000;

/**
 * Gathers events into batches and sends them in order, one batch at a time. What fails for a passing reason stays and is tried
 * again after 1, 2, 4 ... 30 s; the ids of the events make a second arrival harmless.
 */
export class EventQueue {
  private waiting: UserEvent[] = [];
  private sending: Promise<boolean> | null = null;
  private cancel: (() => void) | null = null;
  private failures = 0;

  constructor(private readonly transport: EventTransport) {}

  get length(): number {
    return this.waiting.length;
  }

  add(event: UserEvent): void {
    if (this.waiting.length >= capacity) this.transport.lost(this.waiting.splice(0, 1), 'full');
    this.waiting.push(event);
    if (this.failures > 0) return;
    if (this.waiting.length >= batchSize) void this.flush();
    else this.cancel ??= this.transport.later(gatherMs, () => void this.flush());
  }

  /** Sends all that waits; false where some of it must wait longer. */
  async flush(): Promise<boolean> {
    this.cancel?.();
    this.cancel = null;
    while (this.sending || this.waiting.length > 0) {
      this.sending ??= this.sendBatch().finally(() => {
        this.sending = null;
      });
      if (!(await this.sending)) return false;
    }
    return true;
  }

  /** Hands what waits to the browser, which sends it after the page is gone. Keeps what it does not take. */
  leave(): void {
    while (this.waiting.length > 0) {
      if (!this.transport.beacon(this.waiting.slice(0, batchSize))) return;
      this.waiting.splice(0, batchSize);
    }
  }

  private async sendBatch(): Promise<boolean> {
    const batch = this.waiting.slice(0, batchSize);
    try {
      const report = await this.transport.send(batch);
      this.remove(batch);
      for (const { index, message } of report.rejected) {
        const event = batch[index];
        if (event) this.transport.lost([event], message);
      }
    } catch (error) {
      if ((error as { passing?: boolean }).passing) return this.waitLonger();
      this.remove(batch);
      this.transport.lost(batch, error instanceof Error ? error.message : String(error));
    }
    this.failures = 0;
    return true;
  }

  private waitLonger(): false {
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** this.failures);
    this.failures += 1;
    this.cancel?.();
    this.cancel = this.transport.later(pause, () => void this.flush());
    return false;
  }

  // leave() may have taken part of the batch while it was under way.
  private remove(batch: UserEvent[]): void {
    const gone = new Set(batch);
    this.waiting = this.waiting.filter((event) => !gone.has(event));
  }
}
