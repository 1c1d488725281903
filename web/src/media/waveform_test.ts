import { describe, expect, it } from 'vitest';
import { peaksOf } from './waveform';

describe('peaksOf', () => {
  it('scales to the loudest part', () => {
    expect(peaksOf(new Float32Array([0, 0.25, -0.5, 0]), 2)).toEqual([0.5, 1]);
  });
  it('takes silence and nothing', () => {
    expect(peaksOf(new Float32Array(8), 4)).toEqual([0, 0, 0, 0]);
    expect(peaksOf(new Float32Array(0), 2)).toEqual([0, 0]);
  });
});
