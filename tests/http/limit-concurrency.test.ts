import { expect, it } from 'vitest';
import { limitConcurrency, limitPerKey } from '#lib/http/limit-concurrency.ts';

it('refuses what comes while enough is running, and takes the next one when something ended, also by failing', async () => {
  const limited = limitConcurrency(2);
  const first = Promise.withResolvers<string>();
  const second = Promise.withResolvers<string>();
  const running = [limited(() => first.promise), limited(() => second.promise)];
  await expect(limited(async () => 'third')).rejects.toMatchObject({ code: 'BUSY', status: 503 });
  first.reject(new Error('broken'));
  await expect(running[0]).rejects.toThrow('broken');
  await expect(limited(async () => 'fourth')).resolves.toBe('fourth');
  second.resolve('done');
  await expect(running[1]).resolves.toBe('done');
});

it('counts each key by itself', async () => {
  const limited = limitPerKey(1);
  const slow = Promise.withResolvers<string>();
  const running = limited('slow.example', () => slow.promise);
  await expect(limited('slow.example', async () => 'second')).rejects.toMatchObject({ code: 'BUSY' });
  await expect(limited('other.example', async () => 'other')).resolves.toBe('other');
  slow.resolve('done');
  await running;
  await expect(limited('slow.example', async () => 'third')).resolves.toBe('third');
});
