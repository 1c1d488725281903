import { afterEach, describe, expect, it, vi } from 'vitest';
import { askQuestion } from './answers';

const encoder = new TextEncoder();

/** A server that says `pieces`, then ends, or breaks off where `broken`. */
function serve(pieces: string[], { type = 'text/event-stream', status = 200, broken = false } = {}): void {
  const waiting = pieces.map((piece) => encoder.encode(piece));
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = waiting.shift();
      if (piece) controller.enqueue(piece);
      else if (broken) controller.error(new TypeError('network error'));
      else controller.close();
    },
  });
  vi.stubGlobal('fetch', async (_: string, options: RequestInit) => {
    options.signal?.throwIfAborted();
    return new Response(body, { status, headers: { 'Content-Type': type } });
  });
}

const text = (words: string): string => `event: text\ndata: ${JSON.stringify({ text: words })}\n\n`;
const answered = 'event: answer\ndata: {"status":"answered","text":"One. Two.","locale":"en","author":"model"}\n\n';

async function asked(signal = new AbortController().signal) {
  const said: string[] = [];
  const answer = await askQuestion({ question: 'What?' }, (words) => said.push(words), signal).catch(
    (error: unknown) => error,
  );
  return { said, answer };
}

afterEach(() => vi.unstubAllGlobals());

describe('a question', () => {
  it('is answered part by part, then as a whole', async () => {
    serve([text('One.'), text(' Two.').slice(0, 20), text(' Two.').slice(20), answered]);
    const { said, answer } = await asked();
    expect(said).toEqual(['One.', ' Two.']);
    expect(answer).toMatchObject({ status: 'answered', text: 'One. Two.', author: 'model', items: [], reason: '' });
  });
  it('fails with what the stream says went wrong', async () => {
    serve([text('One.'), 'event: error\ndata: {"error":{"code":"busy","message":"Too many questions"}}\n\n']);
    const { said, answer } = await asked();
    expect(said).toEqual(['One.']);
    expect(answer).toMatchObject({ code: 'busy', message: 'Too many questions' });
  });
  it('fails where the stream ends without an answer', async () => {
    serve([text('One.'), answered.trimEnd()]);
    expect((await asked()).answer).toMatchObject({ code: 'cut_off' });
  });
  it('fails as unreachable where the line breaks', async () => {
    serve([text('One.')], { broken: true });
    expect((await asked()).answer).toMatchObject({ status: 0, code: 'unreachable' });
  });
  it('fails with what the server says before it streams', async () => {
    serve(['{"error":{"code":"not_found","message":"no user"}}'], { type: 'application/json', status: 404 });
    expect((await asked()).answer).toMatchObject({ status: 404, code: 'not_found', message: 'no user' });
  });
  it('fails where an event cannot be read', async () => {
    serve(['event: answer\ndata: {"text"\n\n']);
    expect((await asked()).answer).toMatchObject({ code: 'unreadable' });
  });
  it('takes an answer that is not streamed', async () => {
    serve(['{"status":"unknown","text":"No.","reason":"outside"}'], { type: 'application/json' });
    expect((await asked()).answer).toMatchObject({ status: 'unknown', text: 'No.', reason: 'outside', results: [] });
  });
  it('that was stopped is no fault of the server', async () => {
    serve([answered]);
    const stopped = new AbortController();
    stopped.abort();
    expect((await asked(stopped.signal)).answer).toMatchObject({ name: 'AbortError' });
  });
});
