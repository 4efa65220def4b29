import { expect, it } from 'vitest';
import { limitConcurrency } from '#lib/http/limit-concurrency.ts';

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
