/**
 * What a person sees while something takes longer than a second: on a terminal one line that counts the seconds, in a
 * log one line when a step begins and one when it took long.
 */
export type Steps = { step(text: string): void; done(text?: string): void; fail(): void };

export function createSteps(out: NodeJS.WriteStream = process.stderr): Steps {
  let current: { text: string; started: number; timer: NodeJS.Timeout } | null = null;
  const seconds = (started: number) => Math.round((Date.now() - started) / 1000);
  const write = (text: string) => out.write(out.isTTY ? `\r\x1b[2K${text}` : `${text}\n`);

  const finish = (mark: string, text?: string) => {
    if (!current) return;
    clearInterval(current.timer);
    const took = seconds(current.started);
    if (out.isTTY) out.write(`\r\x1b[2K${mark} ${text ?? current.text}${took > 0 ? ` (${took} s)` : ''}\n`);
    else if (took > 0) out.write(`${mark} ${text ?? current.text} (${took} s)\n`);
    current = null;
  };

  return {
    step(text) {
      finish('✓');
      const started = Date.now();
      const draw = () => write(`… ${text}${seconds(started) > 0 ? ` (${seconds(started)} s)` : ''}`);
      if (out.isTTY) draw();
      else out.write(`… ${text}\n`);
      const timer = setInterval(() => out.isTTY && draw(), 1000);
      timer.unref();
      current = { text, started, timer };
    },
    done: (text) => finish('✓', text),
    fail: () => finish('✗'),
  };
}
