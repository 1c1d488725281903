import { ApiError, address, answerOf, ask, json, list, patienceMs } from './client';
import { EventStreamParser } from './event_stream';
import type { Answer, AnswerResult, CitedDocument, Digest, DigestTag, GraphNode, Triple } from './types';

const completeNode = (node: Partial<GraphNode> | undefined): GraphNode => ({
  name: node?.name ?? '',
  type: node?.type ?? '',
  item: node?.item ?? '',
});

const completeTriple = (triple: Partial<Triple>): Triple => ({
  head: completeNode(triple.head),
  relation: triple.relation ?? '',
  tail: completeNode(triple.tail),
  sources: list(triple.sources).map(({ source, confidence }) => ({ source, confidence: confidence ?? null })),
});

const completeResult = (result: Partial<AnswerResult>): AnswerResult => ({
  about: result.about ? completeNode(result.about) : null,
  values: list(result.values).map(completeNode),
  holds: result.holds ?? null,
});

const completeDocument = (document: Partial<CitedDocument>): CitedDocument => ({
  document: '',
  title: '',
  heading: '',
  source: '',
  quote: '',
  ...document,
});

export function completeAnswer(answer: Partial<Answer>): Answer {
  return {
    status: answer.status ?? 'unknown',
    text: answer.text ?? '',
    locale: answer.locale ?? '',
    author: answer.author ?? 'template',
    quoted_because: answer.quoted_because ?? '',
    reason: answer.reason ?? '',
    results: list(answer.results).map(completeResult),
    items: list(answer.items).map(completeNode),
    triples: list(answer.triples).map(completeTriple),
    documents: list(answer.documents).map(completeDocument),
  };
}

/** Bytes as they arrive. Errors: where none come for as long as a request may take. */
async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    for (;;) {
      const silence = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error('silence')), patienceMs);
      });
      const { done, value } = await Promise.race([reader.read(), silence]);
      clearTimeout(timer);
      if (done) return;
      yield value;
    }
  } finally {
    clearTimeout(timer);
    reader.cancel().catch(() => {
      // It has broken off already.
    });
  }
}

function parsed<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new ApiError(500, 'unreadable', 'The answer could not be read.');
  }
}

async function readAnswer(body: ReadableStream<Uint8Array>, said: (text: string) => void): Promise<Answer> {
  const parser = new EventStreamParser();
  for await (const piece of piecesOf(body)) {
    for (const { name, data } of parser.push(piece)) {
      if (name === 'text') said(parsed<{ text?: string }>(data).text ?? '');
      if (name === 'answer') return completeAnswer(parsed(data));
      if (name !== 'error') continue;
      const { error } = parsed<{ error?: { code?: string; message?: string } }>(data);
      throw new ApiError(500, error?.code ?? 'unknown', error?.message ?? data);
    }
  }
  throw new ApiError(502, 'cut_off', 'The answer broke off.');
}

export interface Question {
  question: string;
  user?: string;
  session?: string;
}

/** Tells `said` each part of the text as it comes. Errors: ApiError, `cut_off` where the stream ends without an answer. */
export async function askQuestion(
  question: Question,
  said: (text: string) => void,
  signal: AbortSignal,
): Promise<Answer> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), patienceMs);
  try {
    const request = json('POST', question);
    const response = await fetch(address('/ask'), {
      ...request,
      headers: { ...request.headers, Accept: 'text/event-stream' },
      signal: AbortSignal.any([signal, silence.signal]),
    });
    clearTimeout(timer);
    const streamed = response.headers.get('Content-Type')?.startsWith('text/event-stream');
    if (response.ok && streamed && response.body) return await readAnswer(response.body, said);
    return completeAnswer((await answerOf(response)) as Partial<Answer>);
  } catch (error) {
    if (signal.aborted || error instanceof ApiError) throw error;
    throw new ApiError(0, 'unreachable', error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
  }
}

const completeTag = (tag: Partial<DigestTag>): DigestTag => ({
  tag: tag.tag ?? '',
  source: tag.source ?? 'text',
  model: tag.model ?? '',
  probability: tag.probability ?? 0,
});

export async function getDigest(item: string, signal: AbortSignal): Promise<Digest> {
  const path = address(`/items/${encodeURIComponent(item)}/digest`);
  const digest = (await ask(path, {}, signal)) as Partial<Digest>;
  return { keywords: list(digest.keywords), summary: digest.summary ?? '', tags: list(digest.tags).map(completeTag) };
}
