import { describe, expect, it } from 'vitest';
import { EventStreamParser, type StreamEvent } from './event_stream';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function parse(bytes: Uint8Array, ...cuts: number[]): StreamEvent[] {
  const parser = new EventStreamParser();
  const ends = [...cuts, bytes.length];
  return ends.flatMap((end, i) => parser.push(bytes.subarray(i === 0 ? 0 : ends[i - 1], end)));
}

const answer = 'event: text\ndata: {"text":"《慢潮》 – né 🎬"}\n\nevent: answer\ndata: {}\n\n';
const expected = [
  { name: 'text', data: '{"text":"《慢潮》 – né 🎬"}' },
  { name: 'answer', data: '{}' },
];

describe('the parser of event streams', () => {
  it('gives the same events wherever the bytes are cut, with any ends of lines', () => {
    for (const text of [answer, answer.replaceAll('\n', '\r\n'), answer.replaceAll('\n', '\r')]) {
      const bytes = bytesOf(text);
      for (let cut = 0; cut <= bytes.length; cut += 1) expect(parse(bytes, cut)).toEqual(expected);
      const each = Array.from({ length: bytes.length }, (_, i) => i);
      expect(parse(bytes, ...each)).toEqual(expected);
    }
  });
  it('does not take CR LF, cut in two, for an empty line', () => {
    const text = 'data: a\r\ndata: b\r\n\r\n';
    expect(parse(bytesOf(text), 8)).toEqual([{ name: 'message', data: 'a\nb' }]);
    expect(parse(bytesOf(text), 8, 9)).toEqual([{ name: 'message', data: 'a\nb' }]);
  });
  it('gives an event as soon as its empty line is there', () => {
    const parser = new EventStreamParser();
    expect(parser.push(bytesOf('event: text\ndata: 1\n'))).toEqual([]);
    expect(parser.push(bytesOf('\n'))).toEqual([{ name: 'text', data: '1' }]);
    expect(parser.push(bytesOf('data: 2\r\r'))).toEqual([{ name: 'message', data: '2' }]);
  });
  it('passes over comments, unknown fields and events without data', () => {
    expect(parse(bytesOf(': still here\n\nid: 7\nretry: 10\nnothing\nevent: text\n\ndata: 1\n\n'))).toEqual([
      { name: 'message', data: '1' },
    ]);
  });
  it('joins lines of data, and takes one blank after the colon away', () => {
    expect(parse(bytesOf('data:one\ndata:  two\ndata\ndata: a: b\n\n'))).toEqual([
      { name: 'message', data: 'one\n two\n\na: b' },
    ]);
  });
  it('takes a byte order mark away', () => {
    expect(parse(bytesOf('\uFEFFdata: 1\n\n'))).toEqual([{ name: 'message', data: '1' }]);
  });
  it('drops what the stream ends in the middle of', () => {
    expect(parse(bytesOf('data: 1\n\nevent: answer\ndata: {"text":'))).toEqual([{ name: 'message', data: '1' }]);
    expect(parse(bytesOf('event: answer\ndata: {}\n'))).toEqual([]);
  });
});
