import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadShape, peaksOf } from './waveform';

describe('peaksOf', () => {
  it('scales to the loudest part', () => {
    expect(peaksOf(new Float32Array([0, 0.25, -0.5, 0]), 2)).toEqual([0.5, 1]);
  });
  it('takes silence and nothing', () => {
    expect(peaksOf(new Float32Array(8), 4)).toEqual([0, 0, 0, 0]);
    expect(peaksOf(new Float32Array(0), 2)).toEqual([0, 0]);
  });
});

describe('loadShape', () => {
  afterEach(() => vi.unstubAllGlobals());

  /** Node decodes no sound: what a browser would make of any bytes is two samples of a second and a half. */
  function browserWith(answer: Response) {
    const ask = vi.fn((_address: string, _options: RequestInit) => Promise.resolve(answer));
    vi.stubGlobal('fetch', ask);
    vi.stubGlobal(
      'OfflineAudioContext',
      class {
        decodeAudioData = () =>
          Promise.resolve({ duration: 1.5, getChannelData: () => new Float32Array([0.25, -0.5]) });
      },
    );
    return ask;
  }

  it('tells peaks and length, and asks once', async () => {
    const ask = browserWith(new Response('sound'));
    expect(await loadShape('/once', 0, 2)).toEqual({ peaks: [0.5, 1], seconds: 1.5 });
    expect(await loadShape('/once', 0, 2)).toEqual({ peaks: [0.5, 1], seconds: 1.5 });
    expect(ask).toHaveBeenCalledTimes(1);
  });
  it('does not ask for a long sound', async () => {
    const ask = browserWith(new Response('sound'));
    expect(await loadShape('/long', 61, 2)).toBeNull();
    expect(ask).not.toHaveBeenCalled();
  });
  it('stops the download of a large one', async () => {
    const ask = browserWith(new Response('sound', { headers: { 'Content-Length': '4000001' } }));
    expect(await loadShape('/large', 0, 2)).toBeNull();
    expect(ask.mock.calls[0]?.[1].signal?.aborted).toBe(true);
  });
  it('has no shape for what is not there', async () => {
    browserWith(new Response('', { status: 404 }));
    expect(await loadShape('/gone', 0, 2)).toBeNull();
  });
});
