export interface StreamEvent {
  name: string;
  data: string;
}

/** Server-sent events out of bytes, wherever the pieces were cut. An event that the stream ends in the middle of is none. */
export class EventStreamParser {
  // Holds back a character whose bytes are not all here, and takes a byte order mark away.
  private readonly decoder = new TextDecoder();
  private line = '';
  private afterReturn = false;
  private name = '';
  private data: string[] = [];

  /** The events that `bytes` completes. */
  push(bytes: Uint8Array): StreamEvent[] {
    let text = this.decoder.decode(bytes, { stream: true });
    if (text === '') return [];
    // CR LF is one end of a line also where a piece ends between them.
    if (this.afterReturn && text.startsWith('\n')) text = text.slice(1);
    this.afterReturn = text === '' ? false : text.endsWith('\r');
    const lines = (this.line + text).split(/\r\n|\n|\r/);
    this.line = lines.pop() ?? '';
    return lines.flatMap((line) => this.take(line));
  }

  private take(line: string): StreamEvent[] {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.name = value;
    if (field === 'data') this.data.push(value);
    return [];
  }

  private dispatch(): StreamEvent[] {
    const events = this.data.length > 0 ? [{ name: this.name || 'message', data: this.data.join('\n') }] : [];
    this.name = '';
    this.data = [];
    return events;
  }
}
