import { snapshotTexts } from '#scanners/text/snapshot-texts.ts';
import { factsOf } from '#scanners/signals/index.ts';
import { passagesOf } from '#scanners/model/passages.ts';
import { readLines, snapshotOf } from './corpus.ts';
for (const l of readLines(process.argv[2]!).filter((_, i) => i % Number(process.argv[3] ?? 1) === 0)) {
  const { subjects } = snapshotTexts(snapshotOf([l]));
  for (const s of subjects) { if (s.kind === 'manifest') continue;
    const ps = passagesOf(s, factsOf(s, new Set([s.name ?? ''])));
    console.log('---', s.name);
    for (const p of ps) { const x = p[0]!; console.log(x.language, '|', x.text.latin.text.slice(x.start, x.end).trim().slice(0,150), '|', x.mentions.map(m => m.what + (m.isOwn ? "'" : '')).join(' ')); }
  }
}
