import { Scorer } from '#scanners/model/score.ts';
import { featuresOf, scalesOf, wordFeatures } from '#scanners/model/features.ts';
import { passagesOf } from '#scanners/model/passages.ts';
import { factsOf } from '#scanners/signals/index.ts';
import { snapshotTexts } from '#scanners/text/snapshot-texts.ts';
import { snapshotOf } from './corpus.ts';
import { benignEntries, foldOf, maliciousEntries, ownEntries, composedEntries } from './model/data.ts';
import type { Entry } from './model/data.ts';
import { learn, STANDARD_OPTIONS } from './model/learn.ts';
const C='/work/shared/corpora/';
const mal = maliciousEntries(C+'malicious.jsonl'); const es: Entry[] = [...mal, ...benignEntries(C+'benign.jsonl'), ...ownEntries(), ...composedEntries()];
const reps=[...new Set(mal.map(m=>m.group))].sort(); const folds=4;
const foldFor=(e:Entry)=> e.origin==='malicious'? reps.indexOf(e.group)%folds : foldOf(e.group,folds);
const rows:any[]=[];
for(let f=0;f<folds;f++){ const w=learn(es.filter(e=>foldFor(e)!==f||e.origin==='composed'),{...STANDARD_OPTIONS,rounds:2,epochs:15}); const sc=new Scorer(w);
 for(const e of es) if(foldFor(e)===f && e.origin!=='composed'){ 
  let best:any=null;
  for (const s of snapshotTexts(snapshotOf([e.line])).subjects) for (const p of passagesOf(s,factsOf(s,new Set([s.name??''])))) { const x=featuresOf(p); const l=sc.logOdds(x); if(!best||l>best.l) best={l,p,x}; }
  if(!best) continue;
  const k=scalesOf(best.x); const cs=[...best.x.concepts].map((c:string)=>[c,(w.features.get(c)??0)*k.concepts] as const); const ws=[...[...best.x.pairs].map((c:string)=>[c,(w.features.get(c)??0)*k.lexical] as const),...[...best.x.words].map((c:string)=>['w:'+c,wordFeatures(c).reduce((a,y)=>a+(w.features.get(y)??0),0)*k.lexical] as const)];
  const sum=(a:any)=>a.reduce((s:number,y:any)=>s+y[1],0);
  rows.push({e,l:best.l,text:best.p.map((s:any)=>s.text.latin.text.slice(s.start,s.end).trim()).join(' ¦ '),con:sum(cs),lex:sum(ws),top:[...cs,...ws].sort((a,b)=>b[1]-a[1]).slice(0,8).map(y=>y[0]+'='+y[1].toFixed(1)).join(' ')});
 }}
const show=(t:string,a:any[])=>{console.log('\n##',t);for(const r of a)console.log(r.l.toFixed(1),'con',r.con.toFixed(1),'lex',r.lex.toFixed(1),r.e.group,r.e.line.tool?.name,'|',r.text.slice(0,260),'\n      ',r.top)};
show('FP',rows.filter(r=>r.e.origin==='benign').sort((a,b)=>b.l-a.l).slice(0,45));
show('MISS mal',rows.filter(r=>r.e.origin==='malicious'&&r.l<1.6).sort((a,b)=>b.l-a.l));
show('MISS blind',rows.filter(r=>r.e.group.startsWith('own/blind')&&r.e.isPoisoned&&r.l<1.6).sort((a,b)=>b.l-a.l));
