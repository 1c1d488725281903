import { describe, expect, it } from 'vitest';
import { PlayMeter } from './play_meter';

function play(meter: PlayMeter, from: number, to: number, rate = 1): void {
  for (let position = from; position <= to + 1e-9; position += 0.25) meter.step(position, rate);
}

describe('PlayMeter', () => {
  it('counts what is played', () => {
    const meter = new PlayMeter();
    meter.start(0);
    play(meter, 0, 3);
    expect(meter.take(3.1)).toBe(3.1);
  });

  it('does not count a jump', () => {
    const meter = new PlayMeter();
    meter.start(0);
    play(meter, 0, 2);
    meter.jump(60);
    play(meter, 60, 61);
    expect(meter.take()).toBe(3);
  });

  it('does not count a jump that nobody announced', () => {
    const meter = new PlayMeter();
    meter.start(0);
    play(meter, 0, 1);
    play(meter, 50, 51);
    expect(meter.take()).toBe(2);
  });

  it('does not count backwards', () => {
    const meter = new PlayMeter();
    meter.start(0);
    play(meter, 0, 2);
    meter.step(0.5);
    play(meter, 0.5, 1);
    expect(meter.take()).toBe(2.5);
  });

  it('counts a part twice that is played twice', () => {
    const meter = new PlayMeter();
    meter.start(0);
    play(meter, 0, 2);
    meter.jump(0);
    play(meter, 0, 2);
    expect(meter.take()).toBe(4);
  });

  it('counts nothing while paused, and each second once', () => {
    const meter = new PlayMeter();
    meter.step(5);
    expect(meter.take()).toBe(0);
    meter.start(5);
    play(meter, 5, 6);
    expect(meter.take()).toBe(1);
    meter.step(7);
    expect(meter.take()).toBe(0);
  });

  it('takes longer steps where it plays faster', () => {
    const meter = new PlayMeter();
    meter.start(0);
    meter.step(2.5, 2);
    expect(meter.take()).toBe(2.5);
  });
});
