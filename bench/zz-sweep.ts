import { Scorer } from '#scanners/model/score.ts';
import { benignEntries, foldOf, maliciousEntries, ownEntries, composedEntries } from './model/data.ts';
import type { Entry } from './model/data.ts';
import { learn, STANDARD_OPTIONS } from './model/learn.ts';
const C='/work/shared/corpora/';
const mal = maliciousEntries(C+'malicious.jsonl'); const entries: Entry[] = [...mal, ...benignEntries(C+'benign.jsonl'), ...ownEntries(), ...composedEntries()];
const reps=[...new Set(mal.map(m=>m.group))].sort(); const folds=4;
const foldFor=(e:Entry)=> e.origin==='malicious'? reps.indexOf(e.group)%folds : foldOf(e.group,folds);
const WORDLESS=/hidden_unicode|padding|ansi|injection_payload|homoglyph|preference|secret_in|suspicious_url|script_inj|out_of|encoded/;
const strip=(e:Entry,mode:string):Entry=> mode==='all'?e:{...e,passages:e.passages.map(p=>({concepts:mode==='lex'?new Set<string>():p.concepts,words:mode==='con'?new Set<string>():p.words,pairs:mode==='con'?new Set<string>():p.pairs}))};
console.log('loaded');
for (const [label,opt,mode] of JSON.parse(process.argv[2]!)) {
  const t0=performance.now();
  const es = entries.map(e=>strip(e,mode??'all'));
  const score=new Map<Entry,number>();
  for(let f=0;f<folds;f++){ const sc=new Scorer(learn(es.filter(e=>foldFor(e)!==f||(e.origin==='composed'&&!opt.nocomp)).map(e=>opt.cw&&e.origin==='composed'?{...e,weight:opt.cw}:e),{...STANDARD_OPTIONS,...opt})); for(const e of es) if(foldFor(e)===f) score.set(e,Math.max(-20,...e.passages.map(p=>sc.logOdds(p)))); }
  const s=(e:Entry)=>score.get(e)!;
  const ben=es.filter(e=>e.origin==='benign').map(s).sort((a,b)=>b-a);
  const groups:Record<string,Entry[]>={mal:es.filter(e=>e.origin==='malicious'&&!WORDLESS.test(e.line.category??'')),blind:es.filter(e=>e.group.startsWith('own/blind')&&e.isPoisoned),phr:es.filter(e=>e.origin==='own'&&!e.group.startsWith('own/blind')&&e.isPoisoned),blindOK:es.filter(e=>e.group.startsWith('own/blind')&&!e.isPoisoned),phrOK:es.filter(e=>e.origin==='own'&&!e.group.startsWith('own/blind')&&!e.isPoisoned)};
  const out=[0.002,0.005,0.01,0.03].map(q=>{const t=ben[Math.floor(ben.length*q)]!;return `@${q}(${t.toFixed(1)}) `+Object.entries(groups).map(([k,g])=>`${k} ${(100*g.filter(e=>s(e)>t).length/g.length).toFixed(0)}`).join(' ')});
  console.log(label, JSON.stringify(opt), mode??'', ((performance.now()-t0)/1000).toFixed(0)+'s\n   '+out.join('\n   '));
}
